import { isIP } from 'node:net'

const GROUPS = 8
/** One customer is given at least this many groups of an IPv6 address, so the rest tells nobody apart. */
const TOLD = 4

/** What limits count an address as: an IPv4 address as it is, an IPv6 address as its /64. Pure. */
export function networkOf(ip: string): string {
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (isIP(plain) !== 6) return plain
  const [head, tail] = plain.split('::').map((part) => part.split(':').filter(Boolean))
  const left = GROUPS - head.length - (tail ?? []).length
  const groups = tail === undefined ? head : [...head, ...Array<string>(left).fill('0'), ...tail]
  const told = groups.slice(0, TOLD).map((group) => Number.parseInt(group, 16).toString(16))
  return `${told.join(':')}::/64`
}
