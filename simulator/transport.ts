import { createTransport, type TransportOptions } from '#oauth/transport'
import type { Exchange, Transport } from '#oauth/types'
import type { Simulator } from '#simulator/simulator'

/**
 * A real transport on which every vendor URL leads to the simulator, so that definitions are tested with the addresses
 * that they have. Loopback stays reachable; nothing else is: a host that no dialect stands for is not found, as in DNS.
 */
export function simulatorTransport(
  simulator: Simulator,
  options: TransportOptions
): Transport & { close(): Promise<void> } {
  const real = createTransport(options)
  return {
    async send(request, { deadline }) {
      const url = request.url.startsWith(`${simulator.origin}/`) ? request.url : simulator.urlFor(request.url)
      if (url === null) return notFound(request.url, options.clock.now())
      return real.send({ ...request, url }, { deadline, allowPrivate: true })
    },
    close: () => real.close(),
  }
}

function notFound(url: string, receivedAt: number): Exchange {
  const description = `No dialect stands for ${URL.canParse(url) ? new URL(url).host : 'this address'}`
  return { ok: false, sent: false, code: 'host_not_found', description, receivedAt }
}
