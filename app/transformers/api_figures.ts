import type { Figure } from '#services/figures/figure'
import type { FiguresReport, NamedFigure, RunFigure } from '#services/figures/figures'
import type { OpenAlert } from '#services/figures/alerts'
import {
  about,
  count,
  listOf,
  orNull,
  schemaOf,
  share,
  time,
  words,
  type ObjectSchema,
} from '#transformers/api_schema'

/** Figures of any set of attempts (X8). Rates are from 0 to 1, durations in milliseconds. */
function apiFigure(figure: Figure) {
  return {
    attempts: figure.attempts,
    success: figure.success,
    failed: figure.failed,
    not_extended: figure.notExtended,
    superseded: figure.superseded,
    success_rate: figure.successRate,
    error_rate: figure.errorRate,
    mean_ms: figure.meanMs,
    p95_ms: figure.p95Ms,
  }
}

/** The figures of a period as the API tells them. The empty job stands for everything without a run, as in the sweep. */
export function apiFigures({ total, providers, kinds, jobs, cells }: FiguresReport) {
  const named = (key: string) => (one: NamedFigure) => ({ [key]: one.name, ...apiFigure(one) })
  return {
    total: apiFigure(total),
    providers: providers.map(named('provider')),
    kinds: kinds.map(named('kind')),
    jobs: jobs.map(named('job')),
    providers_and_kinds: cells.map((cell) => ({
      provider: cell.provider,
      kind: cell.kind,
      ...apiFigure(cell),
    })),
  }
}

/** The runs of a job in a period. */
export function apiRunFigure({ job, runs, failed, cancelled, meanMs, p95Ms }: RunFigure) {
  return { job, runs, failed, cancelled, mean_ms: meanMs, p95_ms: p95Ms }
}

/** A figure that has passed its limit and is not good again. */
export function apiAlert({ rule, subject, value, limit, openedAt }: OpenAlert) {
  return { rule, subject, value, limit, opened_at: new Date(openedAt).toISOString() }
}

const figure = {
  attempts: count,
  success: count,
  failed: count,
  not_extended: count,
  superseded: count,
  success_rate: orNull(share),
  error_rate: orNull(share),
  mean_ms: orNull(count),
  p95_ms: orNull({ type: 'number', minimum: 0 }),
}
const named = (key: string): ObjectSchema => schemaOf<Record<string, unknown>>({ [key]: words, ...figure })

const runFigure = schemaOf<ReturnType<typeof apiRunFigure>>({
  job: words,
  runs: count,
  failed: count,
  cancelled: count,
  mean_ms: orNull(count),
  p95_ms: orNull({ type: 'number', minimum: 0 }),
})

const alert = schemaOf<ReturnType<typeof apiAlert>>({
  rule: words,
  subject: words,
  value: { type: 'number' },
  limit: { type: 'number' },
  opened_at: time,
})

/** The figures of a period with its ends, its runs, and the figures that are beyond their limits. */
export const statsSchema = schemaOf<
  ReturnType<typeof apiFigures> & Record<'from' | 'to' | 'runs' | 'alerts', unknown>
>({
  from: time,
  to: time,
  total: schemaOf<ReturnType<typeof apiFigure>>(figure),
  providers: listOf(named('provider')),
  kinds: listOf(named('kind')),
  jobs: about('The empty job stands for everything without a run.', listOf(named('job'))),
  providers_and_kinds: listOf(schemaOf<Record<string, unknown>>({ provider: words, kind: words, ...figure })),
  runs: listOf(runFigure),
  alerts: listOf(alert),
})
