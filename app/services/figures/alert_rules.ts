import type { FiguresReport, RunFigure } from '#services/figures/figures'
import { stalledAfter } from '#services/scheduler/scheduler_pulse'

/** At which figures somebody is told. Times in milliseconds. */
export interface AlertLimits {
  /** The least share of successes, and the largest of failures. */
  successRate: number
  errorRate: number
  /** The longest mean time of a job's runs. */
  runTime: number
  /** Rates are judged from this many attempts on, run times from this many runs on. */
  attempts: number
  runs: number
  /** The time that rates and run times are taken over. */
  window: number
  runWindow: number
  /** A token whose refresh is late by this is overdue. */
  overdue: number
  /** An alert stays for at least this long, so that a figure at the limit does not tell twice a minute. */
  hold: number
}

const MINUTE = 60_000

/** The limits of SPEC X8: success rate 95 %, mean run time 30 s, error rate 5 %. */
export const DEFAULT_LIMITS: AlertLimits = {
  successRate: 0.95,
  errorRate: 0.05,
  runTime: 30_000,
  attempts: 20,
  runs: 3,
  window: 60 * MINUTE,
  runWindow: 24 * 60 * MINUTE,
  overdue: 5 * MINUTE,
  hold: 15 * MINUTE,
}

export type AlertRule = 'success_rate' | 'error_rate' | 'run_time' | 'overdue' | 'scheduler_stalled'

/** What the rules look at. */
export interface Situation {
  now: number
  figures: Pick<FiguresReport, 'total' | 'providers' | 'jobs'>
  runs: readonly RunFigure[]
  /** Tokens whose refresh is late. */
  overdue: number
  /** The latest tick of any scheduler and the time between its ticks; null where none has left a trace. */
  tick: { at: number; interval: number } | null
}

export interface Verdict {
  rule: AlertRule
  /** What the rule speaks of: `all`, `provider:<id>` or `job:<name>`. */
  subject: string
  state: 'bad' | 'good'
  value: number
  limit: number
  /** How many attempts or runs the value rests on. */
  sample: number
}

/** Judges each figure that rests on enough attempts. What is not in the answer cannot be judged now. */
export function judge(situation: Situation, limits: AlertLimits): Verdict[] {
  return [
    ...successRate(situation, limits),
    ...errorRates(situation, limits),
    ...runTimes(situation, limits),
    overdue(situation),
    ...scheduler(situation, limits),
  ]
}

function successRate({ figures: { total } }: Situation, limits: AlertLimits): Verdict[] {
  const sample = total.attempts - total.superseded
  if (total.successRate === null || sample < limits.attempts) return []
  const state = total.successRate < limits.successRate ? 'bad' : 'good'
  const [value, limit] = [total.successRate, limits.successRate]
  return [{ rule: 'success_rate', subject: 'all', state, value, limit, sample }]
}

function errorRates({ figures }: Situation, limits: AlertLimits): Verdict[] {
  const named = [
    ...figures.providers.map((figure) => ({ subject: `provider:${figure.name}`, figure })),
    ...figures.jobs
      .filter(({ name }) => name !== '')
      .map((figure) => ({ subject: `job:${figure.name}`, figure })),
  ]
  return named.flatMap(({ subject, figure: { errorRate, attempts: sample } }): Verdict[] => {
    if (errorRate === null || sample < limits.attempts) return []
    const state = errorRate > limits.errorRate ? 'bad' : 'good'
    return [{ rule: 'error_rate', subject, state, value: errorRate, limit: limits.errorRate, sample }]
  })
}

function runTimes({ runs }: Situation, limits: AlertLimits): Verdict[] {
  return runs.flatMap(({ job, meanMs, runs: sample }): Verdict[] => {
    if (meanMs === null || sample < limits.runs) return []
    const state = meanMs > limits.runTime ? 'bad' : 'good'
    return [{ rule: 'run_time', subject: `job:${job}`, state, value: meanMs, limit: limits.runTime, sample }]
  })
}

function overdue({ overdue: value }: Situation): Verdict {
  const state = value > 0 ? 'bad' : 'good'
  return { rule: 'overdue', subject: 'all', state, value, limit: 0, sample: value }
}

/** Where no scheduler has left a trace, it stands still if there is work that nobody does. */
function scheduler({ now, tick, overdue: late }: Situation, limits: AlertLimits): Verdict[] {
  const stall = { rule: 'scheduler_stalled' as const, subject: 'all', sample: 1 }
  if (!tick) {
    return late === 0 ? [] : [{ ...stall, state: 'bad', value: limits.overdue, limit: stalledAfter(null) }]
  }
  const limit = stalledAfter(tick.interval)
  const value = Math.max(0, now - tick.at)
  return [{ ...stall, state: value > limit ? 'bad' : 'good', value, limit }]
}
