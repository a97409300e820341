import type { Provider } from '#oauth/types'

/**
 * The providers that this process knows, by id: the fixed ones of the installation, and those that organizations added.
 * The latter are exchanged as a whole while the process runs, so that nobody ever sees half of a change.
 */
export class ProviderRegistry {
  readonly #fixed: ReadonlyMap<string, Provider>
  #all: ReadonlyMap<string, Provider>
  #gates: Map<string, Provider[]> | null = null

  /** The fixed providers; later definitions replace earlier ones of the same id. */
  constructor(providers: Iterable<Provider>) {
    this.#fixed = byId(providers)
    this.#all = this.#fixed
  }

  /** Replaces everything that was added before. An id of a fixed provider keeps its fixed definition. */
  setAdded(providers: Iterable<Provider>): void {
    const added = [...byId(providers)].filter(([id]) => !this.#fixed.has(id))
    this.#all = new Map([...this.#fixed, ...added])
    this.#gates = null
  }

  /** Every definition: the fixed ones in the order they were given, and the added ones. */
  all(): Provider[] {
    return [...this.#all.values()]
  }

  /** The definitions that come with the installation, in the order they were given. */
  fixed(): Provider[] {
    return [...this.#fixed.values()]
  }

  /** For ids that come from outside. */
  find(id: string): Provider | null {
    return this.#all.get(id) ?? null
  }

  /** For ids that must exist. Throws where the id is unknown, since that is a fault of the program. */
  get(id: string): Provider {
    const provider = this.#all.get(id)
    if (!provider) throw new Error(`No provider "${id}" is defined`)
    return provider
  }

  /** The providers of each gate: those that share one client registration and so its budget, pause and breaker. */
  gates(): Map<string, Provider[]> {
    this.#gates ??= Map.groupBy(this.all(), (provider) => provider.gate)
    return this.#gates
  }
}

function byId(providers: Iterable<Provider>): Map<string, Provider> {
  return new Map([...providers].map((provider) => [provider.id, provider]))
}
