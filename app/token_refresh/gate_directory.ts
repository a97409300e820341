import type { ProviderRegistry } from '#oauth/registry'
import type { Provider } from '#oauth/types'
import type { GateMembers } from '#token_refresh/gate_keeper'

const NO_LIMITS = { perSecond: null, concurrency: null }

/** All gates with their members; the tightest limit among the members holds for the gate. */
export function gatesOf(providers: ProviderRegistry): GateMembers[] {
  return [...providers.gates()].map(([id, members]) => toMembers(id, members))
}

/** The gate that a provider's requests pass; a provider that is no longer defined has one of its own. */
export function gateOf(providers: ProviderRegistry, providerId: string): GateMembers {
  const id = providers.find(providerId)?.gate
  const members = id === undefined ? undefined : providers.gates().get(id)
  return id && members
    ? toMembers(id, members)
    : { id: providerId, providers: [providerId], limits: NO_LIMITS }
}

/** The providers whose requests pass a gate, those that refresh nothing included. */
export function providersOf(providers: ProviderRegistry, gateId: string): readonly string[] {
  return (
    providers
      .gates()
      .get(gateId)
      ?.map(({ id }) => id) ?? [gateId]
  )
}

function toMembers(id: string, members: readonly Provider[]): GateMembers {
  const refreshable = members.filter((provider) => provider.refresh.supported)
  return {
    id,
    providers: refreshable.map((provider) => provider.id),
    limits: {
      perSecond: least(refreshable.map((provider) => provider.rateLimit.perSecond)),
      concurrency: least(refreshable.map((provider) => provider.rateLimit.concurrency)),
    },
  }
}

function least(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.min(...known)
}
