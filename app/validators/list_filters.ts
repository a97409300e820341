import { PERIODS, type ActivityFilter, type Period } from '#services/activity_log'
import { OUTCOMES, RUN_STATES, TRIGGERS, type Outcome, type RunFilter } from '#services/run_pages'
import type { ResultFilter } from '#services/run_result_list'
import { SHOWN_GROUPS } from '#services/run_results'
import { REFRESH_KINDS } from '#token_refresh/types'

type Input = Record<string, unknown>

/** Reads the filter of the list of runs. What makes no sense is ignored, so that old links keep working. */
export function runFilter(input: Input): RunFilter {
  return {
    job: text(input.job, 64),
    state: RUN_STATES.find((state) => state === input.state) ?? null,
    trigger: TRIGGERS.find((trigger) => trigger === input.trigger) ?? null,
  }
}

/** Reads which results of a run are wanted. */
export function resultFilter(input: Input): ResultFilter {
  return {
    group: SHOWN_GROUPS.find((group) => group === input.group) ?? null,
    provider: text(input.provider, 64),
    reason: text(input.reason, 64),
  }
}

/** Reads the filter of the refresh log. */
export function activityFilter(input: Input): ActivityFilter {
  const [from, to] = [instant(input.from), instant(input.to)]
  const isSpan = from === null || to === null || from < to
  return {
    outcome: OUTCOMES.find((outcome): outcome is Outcome => outcome === input.outcome) ?? null,
    kind: REFRESH_KINDS.find((kind) => kind === input.kind) ?? null,
    provider: text(input.provider, 64),
    period: (Object.keys(PERIODS) as Period[]).find((period) => period === input.period) ?? null,
    from: isSpan ? from : null,
    to: isSpan ? to : null,
    run: typeof input.run === 'string' && UUID.test(input.run) ? input.run.toLowerCase() : null,
  }
}

/** The same filter as it stands in the URL. */
export function activityQuery({ from, to, ...rest }: ActivityFilter): Record<string, string | null> {
  return { ...rest, from: from === null ? null : asMinute(from), to: to === null ? null : asMinute(to) }
}

/** A moment as the URL has it: the minute in UTC, such as `2026-03-14T09:26Z`. */
export function asMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Reads what `asMinute` wrote, into milliseconds. */
function instant(value: unknown): number | null {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z$/.test(value)) return null
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : at
}

function text(value: unknown, longest: number): string | null {
  if (typeof value !== 'string') return null
  return value.replaceAll('\0', '').trim().slice(0, longest) || null
}
