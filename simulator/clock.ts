/** The simulator's time: that of another clock, moved ahead by hand. */
export class SimulatorClock {
  #ahead = 0

  constructor(private readonly source: { now(): number }) {}

  now(): number {
    return this.#ahead + this.source.now()
  }

  /** Moves this clock alone; the source stays as it is. */
  advance(milliseconds: number): void {
    this.#ahead += milliseconds
  }
}
