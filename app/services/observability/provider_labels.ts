import type { ProviderRegistry } from '#oauth/registry'

/** Everything that organizations added goes under this name: they may add any number, and name them as they like. */
export const ADDED = 'added'

/** Under which names providers and gates are told: as many as the installation itself brings, and one more. */
export interface ProviderLabels {
  provider(id: string): string
  gate(id: string): string
  /** The names of all gates. */
  gates: readonly string[]
}

/** The names for the providers of this moment. */
export function providerLabels(providers: Pick<ProviderRegistry, 'fixed' | 'all'>): ProviderLabels {
  const fixed = providers.fixed()
  const ids = new Set(fixed.map(({ id }) => id))
  const gates = new Set(fixed.map(({ gate }) => gate))
  const hasAdded = providers.all().length > fixed.length
  return {
    provider: (id) => (ids.has(id) ? id : ADDED),
    gate: (id) => (gates.has(id) ? id : ADDED),
    gates: hasAdded ? [...gates, ADDED] : [...gates],
  }
}
