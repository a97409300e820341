import type Run from '#models/run'
import type { OutcomeCounts } from '#services/run_pages'
import { millis } from '#transformers/account_facts'
import { runRow } from '#transformers/run_row'

/** What a job told beside the four counts, where it is a list of figures. */
export interface Figure {
  key: string
  label: string
  value: number
}

/** Everything that the page of a run shows besides its results. */
export function runDetail(run: Run, outcomes: OutcomeCounts) {
  return {
    ...runRow(run),
    kind: run.kind.replaceAll('_', ' '),
    error: run.error,
    message: typeof run.summary?.message === 'string' ? run.summary.message : null,
    scheduledFor: millis(run.scheduledFor),
    createdAt: run.createdAt.toMillis(),
    startedAt: millis(run.startedAt),
    selection: selectionWords(run.selection),
    figures: summaryFigures(run.summary),
    nothing: whyNoRefresh(run),
    outcomes: { ...outcomes, all: outcomes.success + outcomes.failed + outcomes.superseded },
  }
}

/** Why a run that has ended has no refresh in the log. */
function whyNoRefresh(run: Run): string {
  if (run.refreshed > 0) return 'The refresh log of that time has been cut. The counts above remain.'
  if (run.kind === 'health_check')
    return 'No account needed a refresh: those that passed their test are skipped.'
  return 'Nothing was sent to a provider. Accounts that are not due, paused or without a way to refresh are skipped.'
}

/** How fast a run is and when it will be through; null while that cannot be told. Depends on the moment. */
export function runPace(run: Run, now: number): { perSecond: number; left: number } | null {
  const done = run.refreshed + run.failed + run.skipped
  const elapsed = now - (millis(run.startedAt) ?? now)
  if (run.state !== 'running' || done === 0 || run.total <= done || elapsed < 1000) return null
  const perSecond = (done / elapsed) * 1000
  return { perSecond: Math.round(perSecond * 10) / 10, left: ((run.total - done) / perSecond) * 1000 }
}

const SELECTED: Readonly<Record<string, (value: unknown) => string | null>> = {
  ids: (value) => (Array.isArray(value) ? `${value.length.toLocaleString('en')} chosen accounts` : null),
  provider: (value) => (typeof value === 'string' ? `provider ${value}` : null),
  expired: (value) => (value === true ? 'only expired tokens' : null),
  dueWithin: (value) => (typeof value === 'number' ? `due within ${minutes(value)} min` : null),
  all: (value) => (value === true ? 'also outside authorization windows' : null),
  force: (value) => (value === true ? 'due or not' : null),
  narrow: (value) => narrowWords(value),
}

/** Which accounts a run was about, in words; empty where it was about all. */
export function selectionWords(selection: Record<string, unknown> | null): string[] {
  return Object.entries(selection ?? {}).flatMap(([key, value]) => SELECTED[key]?.(value) ?? [])
}

/** What the counts above say already. */
const COUNTED = new Set(['total', 'refreshed', 'failed', 'skipped'])

function narrowWords(value: unknown): string | null {
  const words = Object.entries((value as { words?: Record<string, string> })?.words ?? {})
  return words.map(([key, word]) => `${key} “${word}”`).join(', ') || null
}

function summaryFigures(summary: Record<string, unknown> | null): Figure[] {
  const stats = (summary?.stats ?? summary ?? {}) as Record<string, unknown>
  const told = Object.entries(stats).filter(([key]) => summary?.stats || !COUNTED.has(key))
  return told.flatMap(([key, value]) =>
    typeof value === 'number' ? [{ key, label: label(key), value }] : []
  )
}

function label(key: string): string {
  const words = key.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const minutes = (milliseconds: number) => Math.round(milliseconds / 60_000).toLocaleString('en')
