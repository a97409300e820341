import { isIP } from 'node:net'
import { compile } from 'proxy-addr'

const NAMES = new Set(['loopback', 'linklocal', 'uniquelocal'])
/** The library refuses a range of everything, which stands for a network where the proxies have no fixed addresses. */
const HALVES: Readonly<Record<string, readonly string[]>> = {
  '0.0.0.0/0': ['0.0.0.0/1', '128.0.0.0/1'],
  '::/0': ['::/1', '8000::/1'],
}

/** Whether an entry is an address, a range such as `10.0.0.0/8`, or the name of one. */
export function isProxyEntry(entry: string): boolean {
  const [, address = ''] = /^([^/]+)(?:\/\d{1,3})?$/.exec(entry) ?? []
  return NAMES.has(entry) || (isIP(address) !== 0 && compiles(entry))
}

/**
 * Tells of an address whether it is one of the proxies whose word is taken for where a visitor comes from. Pure; throws
 * for an entry that `isProxyEntry` refuses.
 */
export function proxyTrust(entries: readonly string[]): (address: string) => boolean {
  const trusts = compile(entries.flatMap((entry) => HALVES[entry] ?? [entry]))
  return (address) => trusts(address, 0)
}

function compiles(entry: string): boolean {
  try {
    return Boolean(proxyTrust([entry]))
  } catch {
    return false
  }
}
