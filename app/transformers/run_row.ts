import type Run from '#models/run'
import { millis } from '#transformers/account_facts'

const STATES = {
  queued: { word: 'Queued', icon: 'clock', tone: 'plain' },
  running: { word: 'Running', icon: 'loader-2', tone: 'busy' },
  finished: { word: 'Finished', icon: 'circle-check', tone: 'good' },
  cancelled: { word: 'Cancelled', icon: 'ban', tone: 'plain' },
  failed: { word: 'Failed', icon: 'alert-triangle', tone: 'bad' },
} as const

/** Somebody asked it to end; what it has in flight is finished first. */
const CANCELLING = { word: 'Cancelling', icon: 'ban', tone: 'plain' } as const

const TRIGGERS = { schedule: 'Schedule', command: 'Command', api: 'API', ui: 'By hand' } as const

/** One part of a stacked bar, in percent of its width. */
export interface BarPart {
  key: 'refreshed' | 'failed' | 'skipped' | 'open'
  from: number
  width: number
}

/** A run as lists show it. Instants are milliseconds, so equal rows stay equal while time passes. */
export function runRow(run: Run) {
  const { id, job, state, total, refreshed, failed, skipped } = run
  const done = refreshed + failed + skipped
  const open = state === 'queued' || state === 'running'
  const cancelling = open && Boolean(run.cancelRequestedAt)
  const startedAt = millis(run.startedAt)
  const finishedAt = millis(run.finishedAt)
  return {
    id,
    job,
    state,
    ...(cancelling ? CANCELLING : STATES[state]),
    cancelling,
    trigger: TRIGGERS[run.trigger],
    actor: run.actor,
    dryRun: run.dryRun,
    counts: { total, refreshed, failed, skipped, done },
    bar: barParts(run),
    at: startedAt ?? run.createdAt.toMillis(),
    finishedAt,
    open,
    durationMs: startedAt === null || finishedAt === null ? null : finishedAt - startedAt,
  }
}

/** How the counts of a run share a bar; what is still to do stays empty. Nothing to do is no bar at all. */
export function barParts({ total, refreshed, failed, skipped }: Run): BarPart[] {
  const whole = Math.max(total, refreshed + failed + skipped)
  if (whole === 0) return []
  let from = 0
  const counts: [BarPart['key'], number][] = [
    ['refreshed', refreshed],
    ['failed', failed],
    ['skipped', skipped],
  ]
  return counts.flatMap(([key, count]) => {
    if (count === 0) return []
    // A single failure among thousands stays visible.
    const width = Math.max(1, (count / whole) * 100)
    const part = { key, from: round(Math.min(from, 100 - width)), width: round(width) }
    from += width
    return [part]
  })
}

const round = (percent: number) => Math.round(percent * 100) / 100
