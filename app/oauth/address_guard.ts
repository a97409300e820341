import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { BlockList, isIP, isIPv4, type LookupFunction } from 'node:net'

/**
 * Everything that is not the public internet: IANA's special-purpose registries, and the IPv6 forms that carry an
 * IPv4 address inside (mapped, compatible, NAT64, 6to4, Teredo), which are refused as a whole.
 */
const PRIVATE_NETWORKS: [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 96],
  ['::ffff:0:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]

const refused = new BlockList()
for (const [network, prefix] of PRIVATE_NETWORKS) {
  refused.addSubnet(network, prefix, isIPv4(network) ? 'ipv4' : 'ipv6')
}

/**
 * True where an IP address is anything but a public one: loopback, private, link-local (cloud metadata), CGNAT,
 * multicast, unspecified, documentation, or IPv6 that embeds IPv4. Text that is no IP address counts as private,
 * so that a doubt never opens the door. `::ffff:a.b.c.d` is judged by its IPv4 part (BlockList does that itself).
 */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '')
  const family = isIP(bare)
  if (family === 0) return true
  return refused.check(bare, family === 4 ? 'ipv4' : 'ipv6')
}

/**
 * True where the host of a URL is a literal IP address that is private, or a name that means this machine by
 * definition (RFC 6761 `localhost`). Expects the host as the URL class writes it: odd spellings of IPv4 are plain there.
 */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  return isIP(host) !== 0 && isPrivateAddress(host)
}

/** Marks a connection that was never opened because its address is private. */
export class AddressRefusedError extends Error {
  readonly code = 'ERR_ADDRESS_REFUSED'

  constructor(host: string) {
    super(`${host} is not a public address`)
  }
}

/**
 * A `lookup` for `net.connect` that answers only public addresses. The socket connects to exactly what was checked,
 * so a name that resolves differently a moment later (DNS rebinding) gains nothing. Note that `net.connect` never
 * calls it for literal addresses: those need `isPrivateHost`.
 */
export function publicLookup(resolve: typeof systemLookup = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true } as LookupOptions & { all: true }, (error, addresses) => {
      if (error) return callback(error, [])
      const open = (addresses as LookupAddress[]).filter(({ address }) => !isPrivateAddress(address))
      if (open.length === 0) return callback(new AddressRefusedError(hostname), [])
      if (options.all) return callback(null, open)
      callback(null, open[0].address, open[0].family)
    })
  }
}
