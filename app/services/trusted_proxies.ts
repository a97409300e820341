import { BlockList, isIP } from 'node:net'

/** Names for ranges that need no looking up. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

/** Whether an entry is an address, a range such as `10.0.0.0/8`, or the name of one. */
export function isProxyEntry(entry: string): boolean {
  return Object.hasOwn(NAMED, entry) || rangeOf(entry) !== null
}

/** Tells of an address whether it is one of the proxies whose word is taken for where a visitor comes from. Pure. */
export function proxyTrust(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const entry of entries.flatMap((name) => NAMED[name] ?? [name])) {
    const range = rangeOf(entry)
    if (range) list.addSubnet(range.address, range.bits, range.family)
  }
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address))
}

function rangeOf(entry: string) {
  const [, address = '', width] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? []
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  const bits = width === undefined ? most : Number(width)
  return most < 0 || bits > most ? null : { address, bits, family: familyOf(address) }
}

const familyOf = (address: string) => (isIP(address) === 6 ? ('ipv6' as const) : ('ipv4' as const))
