/** Something that happens at a time. */
export interface Happening {
  at: number
  run: () => void | Promise<void>
}

/** What is still to happen, in the order of time; what was entered first comes first where times are equal. */
export class Agenda {
  readonly #waiting: Happening[] = []

  next(): number {
    return this.#waiting[0]?.at ?? Number.POSITIVE_INFINITY
  }

  enter(happening: Happening): void {
    let low = 0
    let high = this.#waiting.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#waiting[middle].at <= happening.at) low = middle + 1
      else high = middle
    }
    this.#waiting.splice(low, 0, happening)
  }

  /** Takes the next one out if its time has come. */
  take(time: number): Happening | undefined {
    return this.next() <= time ? this.#waiting.shift() : undefined
  }
}
