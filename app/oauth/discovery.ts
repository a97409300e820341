import { failed, metadataUrls, readMetadataDocument, type MetadataResult } from '#oauth/server_metadata'
import { createIssuers } from '#oauth/resource_issuers'
import type { AuthorizationServer, Clock, Provider, Transport } from '#oauth/types'

export interface DiscoveryOptions {
  transport: Transport
  clock: Clock
  /** How long a document is trusted, in milliseconds; an hour unless told. */
  lifetime?: number
  /** Total time for one request, in milliseconds. */
  deadline?: number
}

export interface Discovery {
  /**
   * The endpoints of a provider. Those that its definition names win, and no request is made when they hold all that is
   * needed; the rest comes from the metadata of the issuer, which a definition names or its resource does. Failures are values and never `ambiguous`: no token is at stake.
   */
  resolve(provider: Provider, needs?: readonly (keyof AuthorizationServer)[]): Promise<MetadataResult>
  /** What an issuer publishes, for a server that no definition names yet. */
  about(issuer: string, allowPrivate: boolean): Promise<MetadataResult>
  /** What is remembered of a provider's issuer, without asking it; null where nothing is. `readAt` is wall time. */
  remembered(provider: Provider): { server: AuthorizationServer; readAt: number } | null
  /** Call it when an endpoint fails in a way that speaks of the endpoint: the next `resolve` asks anew. */
  forget(provider: Provider): void
}

interface Entry {
  server: AuthorizationServer
  readAt: number
  forgotten: boolean
}

/**
 * Discovery by RFC 8414 and OpenID Connect Discovery, remembered for a lifetime and asked once at a time per issuer.
 * While an issuer cannot be reached, what it said last still serves, unless it was to be forgotten. A token endpoint
 * that moves to another origin than before, and not to the issuer's own, is refused until the next start: that is how
 * stolen metadata would look.
 */
export function createDiscovery(options: DiscoveryOptions): Discovery {
  const { clock, lifetime = 3_600_000 } = options
  const known = new Map<string, Entry>()
  const running = new Map<string, Promise<MetadataResult>>()
  const issuers = createIssuers({ ...options, lifetime })

  const lookUp = (issuer: string, allowPrivate: boolean): Promise<MetadataResult> => {
    const key = keyOf(issuer, allowPrivate)
    const entry = known.get(key)
    if (entry && !entry.forgotten && clock.monotonic() - entry.readAt < lifetime) {
      return Promise.resolve({ ok: true, server: entry.server })
    }
    const asking = () => refreshEntry(known, issuer, allowPrivate, options).finally(() => running.delete(key))
    const current = running.get(key) ?? asking()
    running.set(key, current)
    return current
  }

  return {
    async resolve(provider, needs = ['token_endpoint']) {
      const { server, allowPrivate } = provider
      if (needs.every((field) => server[field] !== undefined)) return { ok: true, server }
      const issuer = server.issuer ?? (await issuers.of(provider))
      if (issuer === null) return settle(provider, server, needs)
      if (typeof issuer !== 'string') return issuer
      const found = await lookUp(issuer, allowPrivate)
      return found.ok ? settle(provider, { ...found.server, ...server }, needs) : found
    },
    about: lookUp,
    remembered({ server, allowPrivate }) {
      const entry = server.issuer === undefined ? null : known.get(keyOf(server.issuer, allowPrivate))
      if (!entry) return null
      return { server: entry.server, readAt: clock.now() - (clock.monotonic() - entry.readAt) }
    },
    forget(provider) {
      const issuer = provider.server.issuer ?? issuers.forget(provider)
      for (const [key, entry] of known) if (key.endsWith(` ${issuer}`)) entry.forgotten = true
    },
  }
}

function settle(
  provider: Provider,
  server: AuthorizationServer,
  needs: readonly (keyof AuthorizationServer)[]
) {
  const missing = needs.filter((field) => server[field] === undefined)
  if (missing.length === 0) return { ok: true as const, server }
  return failed('configuration', 'missing_endpoint', `${provider.name} names no ${missing.join(', ')}`)
}

async function refreshEntry(
  known: Map<string, Entry>,
  issuer: string,
  allowPrivate: boolean,
  { transport, clock, deadline = 10_000 }: DiscoveryOptions
): Promise<MetadataResult> {
  const key = keyOf(issuer, allowPrivate)
  const fresh = await askIssuer(transport, issuer, { deadline, allowPrivate })
  const before = known.get(key)
  if (fresh.ok) {
    if (before && hasMoved(issuer, before.server, fresh.server)) return moved(fresh.server)
    known.set(key, { server: fresh.server, readAt: clock.monotonic(), forgotten: false })
    return fresh
  }
  const mayPass = fresh.failure.class !== 'configuration'
  return before && !before.forgotten && mayPass ? { ok: true, server: before.server } : fresh
}

async function askIssuer(
  transport: Transport,
  issuer: string,
  options: { deadline: number; allowPrivate: boolean }
): Promise<MetadataResult> {
  let worst: MetadataResult | null = null
  for (const url of metadataUrls(issuer)) {
    const exchange = await transport.send(
      { method: 'GET', url, headers: { accept: 'application/json' } },
      options
    )
    const result = await readMetadataDocument(issuer, exchange, options.allowPrivate)
    // Where one place cannot be reached the others, on the same host, cannot either.
    if (result.ok || result.failure.class === 'not_sent') return result
    if (!worst || worst.ok || worst.failure.code === 'no_metadata') worst = result
  }
  return worst ?? failed('configuration', 'no_metadata', null)
}

function hasMoved(issuer: string, before: AuthorizationServer, now: AuthorizationServer): boolean {
  if (!before.token_endpoint || !now.token_endpoint) return false
  const origin = new URL(now.token_endpoint).origin
  return origin !== new URL(before.token_endpoint).origin && origin !== new URL(issuer).origin
}

function moved(server: AuthorizationServer): MetadataResult {
  const description = `The token endpoint has moved to ${server.token_endpoint}`
  return failed('configuration', 'token_endpoint_moved', description)
}

// What is allowed to be private is judged anew for a provider that may not be.
function keyOf(issuer: string, allowPrivate: boolean): string {
  return `${allowPrivate ? 'private' : 'public'} ${issuer}`
}
