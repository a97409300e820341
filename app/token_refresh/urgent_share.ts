export const PRIORITIES = ['normal', 'high'] as const
export type Priority = (typeof PRIORITIES)[number]

/** Of so many slots one goes by deadline alone. */
const OPEN_EVERY = 4

/**
 * How many slots of a claim those of high priority may take first: of every four that a provider gets, three. The fourth
 * goes to whoever has been due for longest, so that nobody waits for ever behind them. Slots are counted over claims,
 * since a busy sweep has one at a time; each process counts for itself.
 */
export class UrgentShare {
  readonly #taken = new Map<string, number>()

  /** Of the next `slots` of this provider. */
  of(provider: string, slots: number): number {
    const taken = this.#taken.get(provider) ?? 0
    return slots - (Math.floor((taken + slots) / OPEN_EVERY) - Math.floor(taken / OPEN_EVERY))
  }

  /** So many of them were claimed. */
  take(provider: string, slots: number): void {
    this.#taken.set(provider, ((this.#taken.get(provider) ?? 0) + slots) % OPEN_EVERY)
  }
}
