import { Agent, buildConnector, type Dispatcher } from 'undici'
import { AddressRefusedError, isPrivateHost, publicLookup } from '#oauth/address_guard'
import { networkErrorCode } from '#oauth/network_errors'
import { toWire, USER_AGENT, type WireRequest } from '#oauth/outgoing'
import { singleExchange } from '#oauth/single_exchange'
import type { Clock, Exchange, OutgoingRequest, Transport } from '#oauth/types'

export interface TransportOptions {
  clock: Clock
  /** How long opening a connection may take, TLS included, in milliseconds. The deadline may end it earlier. */
  connectTimeout?: number
  /** Largest body that is read, decoded. */
  maxBodyBytes?: number
  userAgent?: string
  /** Stands in for the system's resolver. */
  lookup?: Parameters<typeof publicLookup>[0]
}

const MEBIBYTE = 1_048_576

/**
 * Pooled HTTP with the promises that a token request needs. One call sends one request at most: redirects come back as
 * the 3xx that they are, and nothing is ever sent again. The deadline covers connecting, headers and body. Without
 * `allowPrivate` only https to public addresses on web ports passes, checked on the address that the socket takes.
 * Network trouble is a value: `sent: false` only where no byte of the request can have left. `close` refuses what comes
 * after it and waits for what is under way.
 */
export function createTransport(options: TransportOptions): Transport & { close(): Promise<void> } {
  const { clock, maxBodyBytes = MEBIBYTE, userAgent = USER_AGENT } = options
  const agents = { guarded: agent(options, true), open: agent(options, false) }
  const now = () => clock.now()

  const running = new Set<Promise<Exchange>>()
  let closed = false

  return {
    async send(request, { deadline, allowPrivate }) {
      if (closed) return unsent('shutting_down', null, now)
      const wire = prepare(() => toWire(request, userAgent), allowPrivate, now)
      if ('ok' in wire) return wire
      const limits = { deadline, maxBodyBytes, secure: wire.url.protocol === 'https:', now }
      const dispatcher = allowPrivate ? agents.open : agents.guarded
      const exchange = singleExchange(dispatcher, dispatchOptions(request.method, wire), limits)
      running.add(exchange)
      return exchange.finally(() => running.delete(exchange))
    },
    async close() {
      closed = true
      await Promise.all(running)
      await Promise.all([agents.guarded.destroy(), agents.open.destroy()])
    },
  }
}

function unsent(code: string, description: string | null, now: () => number): Exchange {
  return { ok: false, sent: false, code, description, receivedAt: now() }
}

function dispatchOptions(method: OutgoingRequest['method'], wire: WireRequest): Dispatcher.DispatchOptions {
  return {
    origin: wire.url.origin,
    path: wire.url.pathname + wire.url.search,
    method,
    headers: wire.headers,
    body: wire.content ?? wire.body,
    // The one deadline of the exchange rules; these would only blur it.
    headersTimeout: 0,
    bodyTimeout: 0,
  }
}

function prepare(build: () => WireRequest, allowPrivate: boolean, now: () => number): WireRequest | Exchange {
  const refuse = (code: string, description: string) => unsent(code, description, now)
  try {
    const wire = build()
    const { protocol, hostname, port } = wire.url
    if (protocol !== 'https:' && protocol !== 'http:') return refuse('invalid_request', 'Not an http URL')
    if (allowPrivate) return wire
    if (protocol === 'http:') return refuse('insecure_url', `${hostname} must be reached by https`)
    if (!isWebPort(port)) return refuse('address_refused', `Port ${port} serves something else than the web`)
    return wire
  } catch (error) {
    return refuse(networkErrorCode(error, 'connecting', false), 'The request cannot be written as HTTP')
  }
}

// Ports below 1024 other than the web's belong to mail, shells and the like, which a forged URL may aim at.
function isWebPort(port: string): boolean {
  return port === '' || port === '80' || Number(port) >= 1024
}

function agent(options: TransportOptions, guarded: boolean): Agent {
  const open = buildConnector({
    timeout: options.connectTimeout ?? 10_000,
    ...(guarded
      ? { lookup: publicLookup(options.lookup) }
      : options.lookup
        ? { lookup: options.lookup }
        : {}),
  } as buildConnector.BuildOptions)
  const connect: buildConnector.connector = (target, callback) => {
    // net.connect asks no lookup about a literal address.
    if (guarded && isPrivateHost(target.hostname)) {
      return callback(new AddressRefusedError(target.hostname), null)
    }
    return open(target, callback)
  }
  // Short idle lives keep the pool clear of sockets that the other side is about to close under a request.
  return new Agent({ connect, keepAliveTimeout: 4_000, keepAliveMaxTimeout: 4_000, pipelining: 1 })
}
