import { ADD_SLICE, ENSURE_MARK, HOLD_MARK, MOVE_MARK, SLICE_END } from '#services/figures/figures_sql'
import { ADD_TO_TOTALS } from '#services/observability/totals_sql'
import { all, now, run, type StoreDriver, type Work } from '#store/driver'

/** Attempts that are added in one transaction, which keeps it far below 50 ms on SQLite. */
const SLICE = 1_000
/**
 * Attempts younger than this are left to the log. A transaction that enters an attempt takes its time at its begin, so
 * one that commits late would otherwise fall behind the mark; none lasts this long.
 */
const SETTLING = 5 * 60_000

/**
 * Adds the refresh log to hourly figures. A mark says up to which moment that is done; it moves in the transaction that
 * adds, so each attempt is counted once, however many processes are at it and wherever one of them dies. The path of a
 * refresh writes nothing of this.
 */
export class RollUp {
  constructor(
    private readonly driver: StoreDriver,
    private readonly pause: () => Promise<void>
  ) {}

  /** Catches up with the log in all organizations; returns how many slices were added. */
  async run(signal?: AbortSignal): Promise<number> {
    let slices = 0
    for (const { id } of await this.driver.read('SELECT id FROM organizations ORDER BY id', [])) {
      for (let isMore = true; isMore && !signal?.aborted; slices++) {
        isMore = await this.driver.transaction(() => this.#slice(id as string))
        if (isMore) await this.pause()
      }
    }
    return slices
  }

  /** One slice; true where more may follow. */
  *#slice(organization: string): Work<boolean> {
    yield* run(ENSURE_MARK, [organization, 0])
    const [held] = yield* all(HOLD_MARK, [organization])
    const from = Number(held.rolled_until)
    const settled = (yield* now()) - SETTLING
    if (settled <= from) return false
    const [last] = yield* all(SLICE_END, [organization, from, settled, SLICE])
    // Attempts of the same millisecond stay together.
    const to = last ? Number(last.created_at) + 1 : settled
    yield* run(ADD_SLICE(this.driver.dialect), [organization, from, to])
    yield* run(ADD_TO_TOTALS, [organization, from, to])
    yield* run(MOVE_MARK, [to, organization])
    return last !== undefined
  }
}
