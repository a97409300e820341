import ClientGate from '#models/client_gate'
import type { Provider } from '#oauth/types'
import type { ProviderHealth } from '#services/connection_health'

/** A closed gate as pages show it. */
export interface ClosedGate {
  reason: string | null
  errorCode: string | null
  until: number | null
}

/** When what is planned can happen: not before the gate of its provider lets it. Instants are milliseconds. */
export function afterGate(planned: number | null, gate: ClosedGate | null | undefined): number | null {
  return planned === null || !gate?.until ? planned : Math.max(planned, gate.until)
}

/** What pages need to know of all providers at this moment. */
export interface ProviderFacts {
  providers: Provider[]
  health: Map<string, ProviderHealth>
  closedGates: Map<string, ClosedGate>
  find(id: string): Provider | null
  /** Name and icon; for a definition that is gone, its id. */
  look(id: string): { name: string; icon: string | null }
}

/** Joins the definitions with the state of their gates. `hasIcon` tells whether the icon set has that name. */
export async function providerFacts(
  providers: Provider[],
  hasIcon: (name: string) => boolean
): Promise<ProviderFacts> {
  const closed = (await ClientGate.query().whereNot('flow', 'open')).filter(stillHolds)
  const gates = new Map(closed.map((gate) => [gate.id, gate]))
  const byId = new Map(providers.map((provider) => [provider.id, provider]))
  return {
    providers,
    health: new Map(providers.map((provider) => [provider.id, healthOf(provider, gates.has(provider.gate))])),
    closedGates: new Map(providers.flatMap((provider) => closedGate(provider, gates.get(provider.gate)))),
    find: (id) => byId.get(id) ?? null,
    look: (id) => ({
      name: byId.get(id)?.name ?? id,
      icon: iconOf(id, byId.get(id)?.icon ?? null, hasIcon),
    }),
  }
}

/** The definition's own icon, else that of the brand that an id, or the key of an added provider, is called after. */
function iconOf(id: string, own: string | null, hasIcon: (name: string) => boolean): string | null {
  return [own ?? '', `brand-${id.split('.')[0]}`].find(hasIcon) ?? null
}

/** A rate limit that has run out lets requests flow again without a probe; its row is tidied by the next request. */
function stillHolds(gate: ClientGate): boolean {
  return gate.reason !== 'rate_limited' || gate.until === null || gate.until.toMillis() > Date.now()
}

function healthOf(provider: Provider, paused: boolean): ProviderHealth {
  return {
    supported: provider.refresh.supported,
    needsRefreshToken: provider.grantType !== 'client_credentials' && provider.refreshRequest === null,
    margin: provider.refresh.margin,
    paused,
  }
}

function closedGate(provider: Provider, gate: ClientGate | undefined): [string, ClosedGate][] {
  if (!gate) return []
  const until = gate.until?.toMillis() ?? null
  return [[provider.id, { reason: gate.reason, errorCode: gate.errorCode, until }]]
}
