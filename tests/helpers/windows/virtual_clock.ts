import type { Clock } from '#oauth/types'

interface Sleeper {
  at: number
  wake: () => void
}

/**
 * Time that stands still until it is moved. `time` is the true time, which the provider and the judge go by; `now` is
 * what the host believes, `offset` away from it. Whoever sleeps is woken when the time is moved that far.
 */
export class VirtualClock implements Clock {
  offset = 0
  #time: number
  readonly #begin: number
  #sleepers: Sleeper[] = []
  #fellAsleep = Promise.withResolvers<void>()

  constructor(time: number) {
    this.#time = time
    this.#begin = time
  }

  now = () => this.#time + this.offset
  monotonic = () => this.#time - this.#begin

  get time(): number {
    return this.#time
  }

  get asleep(): number {
    return this.#sleepers.length
  }

  /** When the first sleeper is to be woken; infinite where nobody sleeps. */
  nextWake(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.#sleepers.map(({ at }) => at))
  }

  /** Moves the true time on; it never goes back. */
  moveTo(time: number): void {
    this.#time = Math.max(this.#time, time)
    const woken = this.#sleepers.filter(({ at }) => at <= this.#time)
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#time)
    for (const { wake } of woken) wake()
  }

  sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      this.#sleepers.push({ at: this.#time + milliseconds, wake: resolve })
      this.#fellAsleep.resolve()
      this.#fellAsleep = Promise.withResolvers<void>()
    })

  /** Resolves when the next one falls asleep. */
  fellAsleep(): Promise<void> {
    return this.#fellAsleep.promise
  }
}
