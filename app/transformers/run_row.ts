import type Run from '#models/run'
import { millis } from '#transformers/account_facts'
import { selectionWords } from '#transformers/run_selection_words'

const STATES = {
  queued: { icon: 'clock', tone: 'plain' },
  running: { icon: 'loader-2', tone: 'busy' },
  finished: { icon: 'circle-check', tone: 'good' },
  cancelled: { icon: 'ban', tone: 'plain' },
  failed: { icon: 'alert-triangle', tone: 'bad' },
} as const

/** Somebody asked it to end; what it has in flight is finished first. */
const CANCELLING = { icon: 'ban', tone: 'plain' } as const

/** What the counts of a run mean: refreshes, tests (where those that passed are skipped), or other changes. */
export type RunFamily = 'refresh' | 'verify' | 'change'

export const PARTS = ['refreshed', 'retrying', 'failed', 'skipped'] as const
export type Part = (typeof PARTS)[number]

const TONES = { refreshed: 'ok', retrying: 'retried', failed: 'failed', skipped: 'plain' } as const

/** One part of a stacked bar, in percent of its width. */
export interface BarPart {
  key: Part
  tone: (typeof TONES)[Part]
  from: number
  width: number
}

/** A run as lists show it. Instants are milliseconds, so equal rows stay equal while time passes. */
export function runRow(run: Run) {
  const { id, job, state } = run
  const open = state === 'queued' || state === 'running'
  const cancelling = open && Boolean(run.cancelRequestedAt)
  const startedAt = millis(run.startedAt)
  const finishedAt = millis(run.finishedAt)
  return {
    ...{ id, job, state, cancelling, open },
    ...(cancelling ? CANCELLING : STATES[state]),
    label: `runs.states.${cancelling ? 'cancelling' : state}`,
    trigger: run.trigger,
    actor: run.actor,
    dryRun: run.dryRun,
    simulated: run.kind === 'test',
    family: familyOf(run),
    counts: runCounts(run),
    bar: barParts(run),
    selection: selectionWords(run.selection),
    at: startedAt ?? run.createdAt.toMillis(),
    finishedAt,
    durationMs: startedAt === null || finishedAt === null ? null : finishedAt - startedAt,
  }
}

function familyOf({ kind, job }: Run): RunFamily {
  if (kind === 'health_check') return 'verify'
  return /^(connection|encryption):/.test(job) ? 'change' : 'refresh'
}

/** The counts of a run; `failed` leaves out those that are tried again by themselves. */
export function runCounts({ total, refreshed, failed, skipped, retrying = 0 }: Run) {
  const done = refreshed + failed + skipped
  return { total, done, refreshed, retrying, failed: Math.max(0, failed - retrying), skipped }
}

/** How the counts of a run share a bar; what is still to do stays empty. Nothing to do is no bar at all. */
export function barParts(run: Run): BarPart[] {
  const counts = runCounts(run)
  const whole = Math.max(counts.total, counts.done)
  if (whole === 0) return []
  let from = 0
  return PARTS.flatMap((key) => {
    if (counts[key] === 0) return []
    // A single failure among thousands stays visible.
    const width = Math.max(1, (counts[key] / whole) * 100)
    const part = { key, tone: TONES[key], from: round(Math.min(from, 100 - width)), width: round(width) }
    from += width
    return [part]
  })
}

const round = (percent: number) => Math.round(percent * 100) / 100
