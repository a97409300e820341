/** Where a request stands at the token endpoint. */
export type ServerPoint = 'received' | 'rotated' | 'answered'

/** Holds requests at one point until enough of them have gathered, or until somebody lets them go. */
export class Barrier {
  #point: ServerPoint | null = null
  #count = Number.POSITIVE_INFINITY
  #held: (() => void)[] = []
  #watchers: { count: number; resolve: () => void }[] = []

  /** Holds at `point`; when `count` requests are there, all go on and the barrier is gone. */
  raise(point: ServerPoint, count: number | null): void {
    this.#point = point
    this.#count = count ?? Number.POSITIVE_INFINITY
  }

  release(): void {
    this.#point = null
    for (const go of this.#held.splice(0)) go()
  }

  /** Resolves when `count` requests are held. */
  gathered(count: number): Promise<void> {
    if (this.#held.length >= count) return Promise.resolve()
    return new Promise((resolve) => void this.#watchers.push({ count, resolve }))
  }

  async pass(point: ServerPoint): Promise<void> {
    if (point !== this.#point) return
    const released = new Promise<void>((resolve) => void this.#held.push(resolve))
    for (const watcher of this.#watchers.filter(({ count }) => this.#held.length >= count)) watcher.resolve()
    this.#watchers = this.#watchers.filter(({ count }) => this.#held.length < count)
    if (this.#held.length >= this.#count) this.release()
    return released
  }
}

/** Kills a process when the n-th request reaches a point; what reaches it, then waits for its client to be gone. */
export class KillTrap {
  #armed: { pid: number; point: ServerPoint; left: number } | null = null

  arm(pid: number, point: ServerPoint, after: number): void {
    this.#armed = { pid, point, left: after }
  }

  async pass(point: ServerPoint, gone: Promise<void>): Promise<void> {
    if (this.#armed?.point !== point) return
    this.#armed.left -= 1
    if (this.#armed.left === 0) process.kill(this.#armed.pid, 'SIGKILL')
    if (point !== 'answered') await gone
  }

  disarm(): void {
    this.#armed = null
  }
}
