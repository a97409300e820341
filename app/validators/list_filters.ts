import { PERIODS, type ActivityFilter, type Period } from '#services/activity_log'
import { OUTCOMES, RUN_STATES, type Outcome, type RunFilter } from '#services/run_pages'
import { REFRESH_KINDS } from '#token_refresh/types'

type Input = Record<string, unknown>

/** Reads the filter of the list of runs. What makes no sense is ignored, so that old links keep working. */
export function runFilter(input: Input): RunFilter {
  return {
    job: text(input.job, 64),
    state: RUN_STATES.find((state) => state === input.state) ?? null,
  }
}

/** Reads which results of a run are wanted. */
export function resultFilter(input: Input): Outcome | null {
  return OUTCOMES.find((outcome) => outcome === input.outcome) ?? null
}

/** Reads the filter of the refresh log. */
export function activityFilter(input: Input): ActivityFilter {
  return {
    outcome: resultFilter(input),
    kind: REFRESH_KINDS.find((kind) => kind === input.kind) ?? null,
    provider: text(input.provider, 64),
    period: (Object.keys(PERIODS) as Period[]).find((period) => period === input.period) ?? null,
  }
}

function text(value: unknown, longest: number): string | null {
  if (typeof value !== 'string') return null
  return value.replaceAll('\0', '').trim().slice(0, longest) || null
}
