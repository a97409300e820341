import type { Clock } from '#oauth/types'
import type { HealthExpression } from '#services/account_list'
import type { BackgroundMeans } from '#services/background_runs'
import {
  countSelected,
  selectConnections,
  type ConnectionSelection,
  type Selected,
} from '#services/connection_selection'
import { RunRecord, type RunCounts, type RunHeading } from '#services/run_record'
import { groupOf, type RunResultEntry } from '#services/run_results'
import { RunWatch } from '#services/run_watch'

/** What became of one account. */
export type Changed = Pick<RunResultEntry, 'status' | 'reason' | 'linkId'>

/** Tells what became of an account that was put off. */
export type Tell = (one: Selected, changed: Changed) => Promise<void>

/** How a run changes accounts. */
export interface Changer {
  /** Null: what becomes of the account is told by `conclude`. */
  change: (one: Selected) => Promise<Changed | null>
  /** Deals with what was put off, after everything else. Once the signal is aborted it only tells. */
  conclude?: (tell: Tell, signal: AbortSignal) => Promise<void>
}

export interface ChangeRun extends Changer, BackgroundMeans {
  heading: RunHeading
  selection: ConnectionSelection
  health: HealthExpression
  clock: Pick<Clock, 'monotonic'>
}

/** So many at a time: some changes wait for a provider. */
const CONCURRENCY = 4

/**
 * Changes every account of a selection as a run, which lists what became of each. After the signal, or once somebody
 * cancels the run, nothing new is begun and what is under way is finished.
 */
export async function changeAsRun({ heading, clock, signal, onBegin, ...work }: ChangeRun): Promise<void> {
  const record = await RunRecord.begin(heading)
  if (!record) return
  onBegin(record.id)
  const watch = new RunWatch(record, clock, signal)
  const counts: RunCounts = { total: 0, refreshed: 0, failed: 0, skipped: 0 }
  try {
    counts.total = await countSelected(work.selection, work.health)
    // What derives from another account goes second: it may have been changed with that one.
    const tell = teller(record, watch, counts)
    for (const derived of [false, true]) await changeAll(work, derived, tell, watch.signal)
    await work.conclude?.(tell, watch.signal)
  } catch (error) {
    await record.fail(counts, error)
    throw error
  }
  counts.total = Math.max(counts.total, counts.refreshed + counts.failed + counts.skipped)
  await record.finish(counts, watch.ending)
}

function teller(record: RunRecord, watch: RunWatch, counts: RunCounts): Tell {
  return async ({ id, provider }, changed) => {
    record.results.add({ connectionId: id, provider, ...changed })
    const group = groupOf(changed.status)
    counts[group === 'failed' || group === 'skipped' ? group : 'refreshed'] += 1
    await watch.save(() => counts)
  }
}

async function changeAll(
  { selection, health, change }: Pick<ChangeRun, 'selection' | 'health' | 'change'>,
  derived: boolean,
  tell: Tell,
  signal: AbortSignal
): Promise<void> {
  const iterator = selectConnections(selection, health, { derived })
  const worker = async () => {
    while (!signal.aborted) {
      const next = await iterator.next()
      if (next.done) return
      const changed = await change(next.value)
      if (changed) await tell(next.value, changed)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
}
