import type { Clock } from '#oauth/types'

/**
 * An answer that is used again for a while, in milliseconds. Whoever asks while it is being found waits for the same one.
 * A failure is remembered as long: a database that is away is not asked by every visitor.
 */
export class Remembered<T> {
  #answer: Promise<T> | null = null
  #until = Number.POSITIVE_INFINITY

  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly life: number,
    private readonly find: () => Promise<T>
  ) {}

  get(): Promise<T> {
    if (this.#answer && this.clock.monotonic() < this.#until) return this.#answer
    this.#until = Number.POSITIVE_INFINITY
    const answer = this.find()
    this.#answer = answer
    const settled = () => void (this.#until = this.clock.monotonic() + this.life)
    answer.then(settled, settled)
    return answer
  }
}
