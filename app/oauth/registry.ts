import type { Provider } from '#oauth/types'

/** The providers that this process knows, by id. Holds definitions only; it never changes after construction. */
export class ProviderRegistry {
  readonly #providers: ReadonlyMap<string, Provider>

  /** Later definitions replace earlier ones of the same id. */
  constructor(providers: Iterable<Provider>) {
    this.#providers = new Map([...providers].map((provider) => [provider.id, provider]))
  }

  /** Every definition, in the order they were given. */
  all(): Provider[] {
    return [...this.#providers.values()]
  }

  /** For ids that come from outside. */
  find(id: string): Provider | null {
    return this.#providers.get(id) ?? null
  }

  /** For ids that must exist. Throws where the id is unknown, since that is a fault of the program. */
  get(id: string): Provider {
    const provider = this.#providers.get(id)
    if (!provider) throw new Error(`No provider "${id}" is defined`)
    return provider
  }

  /** The providers of each gate: those that share one client registration and so its budget, pause and breaker. */
  gates(): Map<string, Provider[]> {
    return Map.groupBy(this.all(), (provider) => provider.gate)
  }
}
