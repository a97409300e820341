import type { StoreDriver, Work } from '#store/driver'
import type { TurnResult } from '#token_refresh/turn'
import type { ServerPoint } from '#tests/helpers/lab/barrier'

/** Moments within a worker that nobody outside can see. */
export type WorkerPoint = 'claiming' | 'claimed' | 'settling' | 'settled'

export type KillPoint = WorkerPoint | ServerPoint

/** Every moment at which a refresh can be cut off, in order, in words. */
export const KILL_POINTS: Readonly<Record<KillPoint, string>> = {
  claiming: 'before the claim commits',
  claimed: 'after the claim, before sending',
  received: 'request received, not yet rotated',
  rotated: 'rotated, not yet answered',
  answered: 'while answers are written',
  settling: 'answer here, before its commit',
  settled: 'after the commit, before telling',
}

/** Ends this very process, at once, when a point has been reached often enough. */
export class Detonator {
  #armed: { point: WorkerPoint; left: number } | null = null

  arm(point: WorkerPoint, after: number): void {
    this.#armed = { point, left: after }
  }

  reach(point: WorkerPoint, count: number): void {
    if (this.#armed?.point !== point || count === 0) return
    this.#armed.left -= count
    if (this.#armed.left <= 0) process.kill(process.pid, 'SIGKILL')
  }
}

/**
 * The driver with a detonator around each commit. It knows the points by what a turn returns, so that the code under
 * test needs no hooks.
 */
export function detonatingDriver(driver: StoreDriver, detonator: Detonator): StoreDriver {
  const reach = (result: unknown, points: { claims: WorkerPoint; settlements: WorkerPoint }) => {
    if (!isTurn(result)) return
    const claimed = result.claims.filter(({ type }) => type === 'claimed').length
    detonator.reach(points.claims, result.due.claims.length + claimed)
    detonator.reach(points.settlements, result.settled.filter((one) => one !== 'released').length)
  }
  function* withinTransaction<T>(work: () => Work<T>): Work<T> {
    const result = yield* work()
    reach(result, { claims: 'claiming', settlements: 'settling' })
    return result
  }
  return {
    ...driver,
    async transaction<T>(work: () => Work<T>): Promise<T> {
      const result = await driver.transaction(() => withinTransaction(work))
      reach(result, { claims: 'claimed', settlements: 'settled' })
      return result
    },
  }
}

function isTurn(result: unknown): result is TurnResult {
  return typeof result === 'object' && result !== null && 'settled' in result && 'due' in result
}
