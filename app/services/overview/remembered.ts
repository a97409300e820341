/** Asking may take at most this part of the time: an answer that took 20 ms is used again for a second. */
const SHARE = 0.02
/** No page is further behind than this, in milliseconds, however slow the database is at the moment. */
const LONGEST = 10_000
/** Quicker than this is not worth remembering, in milliseconds. */
const CHEAP = 10
const LIMIT = 500

/**
 * Answers that every open page asks for every few seconds, over a large table: each is used again for a multiple of what
 * it cost, ten seconds at most, and who asks while one is on its way gets that one. Errors are not remembered.
 */
export class Remembered {
  readonly #known = new Map<string, { answer: Promise<unknown>; until: number }>()

  constructor(private readonly monotonic: () => number) {}

  ask<T>(key: string, work: () => Promise<T>): Promise<T> {
    const known = this.#known.get(key)
    if (known && known.until > this.monotonic()) return known.answer as Promise<T>
    const entry = { answer: this.#follow(key, work), until: Number.POSITIVE_INFINITY }
    this.#known.delete(key)
    if (this.#known.size >= LIMIT) this.#known.delete(this.#known.keys().next().value!)
    this.#known.set(key, entry)
    return entry.answer
  }

  async #follow<T>(key: string, work: () => Promise<T>): Promise<T> {
    const started = this.monotonic()
    try {
      const answer = await work()
      const finished = this.monotonic()
      const cost = finished - started
      const entry = this.#known.get(key)
      if (entry) entry.until = finished + (cost > CHEAP ? Math.min(LONGEST, cost / SHARE) : 0)
      return answer
    } catch (error) {
      this.#known.delete(key)
      throw error
    }
  }
}
