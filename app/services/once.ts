const MOST = 1_000

/**
 * Does the work of a key once, however often it is asked for within `lifetime`: later callers get the first one's
 * promise, finished or not. Work that throws is forgotten.
 */
export class Once<T> {
  readonly #results = new Map<string, { at: number; result: Promise<T> }>()

  constructor(
    private readonly lifetime: number,
    private readonly now: () => number = () => performance.now()
  ) {}

  run(key: string, work: () => Promise<T>): Promise<T> {
    this.#forgetOld()
    const known = this.#results.get(key)
    if (known) return known.result
    const result = work()
    this.#results.set(key, { at: this.now(), result })
    result.catch(() => this.#results.delete(key))
    return result
  }

  /** Entries stand in the order of their time, so the old ones come first. */
  #forgetOld(): void {
    const now = this.now()
    for (const [key, { at }] of this.#results) {
      if (now - at <= this.lifetime && this.#results.size < MOST) return
      this.#results.delete(key)
    }
  }
}
