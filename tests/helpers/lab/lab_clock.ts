import type { Clock } from '#oauth/types'

/** The host's clock, moved. It runs on by itself; `advance` lets time pass, `step` only sets the wall clock. */
export class LabClock implements Clock {
  #passed = 0
  readonly #sleepers = new Set<() => void>()

  constructor(public offset = 0) {}

  now = () => Date.now() + this.offset
  monotonic = () => performance.now() + this.#passed

  advance(milliseconds: number): void {
    this.offset += milliseconds
    this.#passed += milliseconds
    for (const wake of [...this.#sleepers]) wake()
  }

  /** Waits until this much of the clock's own time has passed, by itself or by `advance`. */
  sleep = (milliseconds: number): Promise<void> => {
    const end = this.monotonic() + milliseconds
    return new Promise((resolve) => {
      const wake = () => {
        if (this.monotonic() < end) return
        this.#sleepers.delete(wake)
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(wake, milliseconds + 1)
      this.#sleepers.add(wake)
    })
  }

  step(milliseconds: number): void {
    this.offset += milliseconds
  }
}

/** Numbers in [0, 1) that are the same in each run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
