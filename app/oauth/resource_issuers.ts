import { discoverResource } from '#oauth/resource_metadata'
import type { Clock, Failure, Provider, Transport } from '#oauth/types'

interface Options {
  transport: Transport
  clock: Clock
  lifetime: number
  deadline?: number
}

/**
 * The issuers of providers that name only their resource (RFC 9728), remembered for a lifetime. A resource that names
 * another issuer than before is refused until the next start: a refresh token of the old one must not be shown to it.
 */
export function createIssuers({ transport, clock, lifetime, deadline = 10_000 }: Options) {
  const known = new Map<string, { issuer: string; readAt: number }>()

  return {
    /** Null where the provider names no resource either. */
    async of({ resource, allowPrivate }: Provider): Promise<string | null | { ok: false; failure: Failure }> {
      if (resource === null) return null
      const before = known.get(resource)
      if (before && clock.monotonic() - before.readAt < lifetime) return before.issuer
      const found = await discoverResource(transport, resource, { deadline, allowPrivate })
      if (!found.ok) {
        // While the resource is away, what it said last still holds.
        return before && found.failure.class !== 'configuration' ? before.issuer : found
      }
      const [issuer] = found.resource.authorizationServers
      if (before && !found.resource.authorizationServers.includes(before.issuer)) return moved(issuer)
      known.set(resource, { issuer: before?.issuer ?? issuer, readAt: clock.monotonic() })
      return before?.issuer ?? issuer
    },
    /** The next `of` asks the resource again. Returns the issuer that was known; null without any. */
    forget({ resource }: Provider): string | null {
      const before = known.get(resource ?? '')
      if (before) before.readAt = Number.NEGATIVE_INFINITY
      return before?.issuer ?? null
    },
  }
}

function moved(issuer: string): { ok: false; failure: Failure } {
  const description = `The resource names another authorization server now: ${issuer}`
  const rest = { status: null, retryAfter: null }
  return { ok: false, failure: { class: 'configuration', code: 'issuer_moved', description, ...rest } }
}
