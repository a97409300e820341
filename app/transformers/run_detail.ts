import type Run from '#models/run'
import { BULK_JOBS } from '#services/bulk/bulk_actions'
import type { GroupCounts } from '#services/run_result_counts'
import { MOST_RETRIED, isRetryable } from '#services/run_retry'
import { millis } from '#transformers/account_facts'
import { runRow } from '#transformers/run_row'

/** What a job told beside the four counts, where it is a list of figures. `label`: a message, where there is one. */
export interface Figure {
  key: string
  label: string | null
  value: number
}

/** Everything that the page of a run shows besides its results. `listed`: those that did not go well. */
export function runDetail(run: Run, listed: Pick<GroupCounts, 'failed' | 'retrying'>) {
  const row = runRow(run)
  return {
    ...row,
    error: run.error,
    nothingDue: !row.open && run.refreshed + run.failed === 0 && row.family === 'refresh',
    givenBack: run.state === 'queued' && run.startedAt !== null,
    scheduledFor: millis(run.scheduledFor),
    startedAt: millis(run.startedAt),
    figures: summaryFigures(run.summary),
    hasLinks: run.job === BULK_JOBS.link && run.refreshed > 0,
    retryable: !row.open && isRetryable(run) ? Math.min(listed.failed + listed.retrying, MOST_RETRIED) : 0,
    retried: listed.retrying === 0 ? 'failed' : listed.failed === 0 ? 'retrying' : 'both',
    perSecond: row.durationMs && row.counts.done > 0 ? rate(row.counts.done, row.durationMs) : null,
  }
}

/** How fast a run is and when it will be through; null while that cannot be told. Depends on the moment. */
export function runPace(run: Run, now: number): { perSecond: number; left: number } | null {
  const done = run.refreshed + run.failed + run.skipped
  const elapsed = now - (millis(run.startedAt) ?? now)
  if (run.state !== 'running' || done === 0 || run.total <= done || elapsed < 1000) return null
  return { perSecond: rate(done, elapsed), left: ((run.total - done) * elapsed) / done }
}

/** Per second, with one decimal. */
function rate(done: number, milliseconds: number): number {
  return Math.round((done / milliseconds) * 10_000) / 10
}

/** What the counts above say already. */
const COUNTED = new Set(['total', 'refreshed', 'failed', 'skipped'])
/** The figures that have words of their own: `runs.figures.<key>`. */
const NAMED = new Set([
  ...['total', 'valid', 'expired_refreshed', 'invalid', 'suspended', 'untested', 'connection_passed'],
  ...['attempts', 'runs', 'events', 'figures', 'audit', 'sent'],
])

function summaryFigures(summary: Record<string, unknown> | null): Figure[] {
  const stats = (summary?.stats ?? summary ?? {}) as Record<string, unknown>
  const told = Object.entries(stats).filter(([key]) => summary?.stats || !COUNTED.has(key))
  return told.flatMap(([key, value]) =>
    typeof value === 'number' ? [{ key, label: NAMED.has(key) ? `runs.figures.${key}` : null, value }] : []
  )
}
