import type { ActivityFilter } from '#services/activity_log'
import type { Series, SeriesQuery } from '#services/figures/series'
import { CHART_WIDTH, stackedBars, type StackedBars } from '#transformers/chart'
import type { TimeWords } from '#transformers/time_words'
import type { Translate } from '#transformers/translate'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The lengths of bars, each with the longest span that is drawn in them. */
const STEPS: readonly [step: number, upTo: number][] = [
  [MINUTE, HOUR + MINUTE],
  [5 * MINUTE, 4 * HOUR],
  [HOUR, 60 * HOUR],
  [6 * HOUR, 15 * DAY],
  [DAY, Number.POSITIVE_INFINITY],
]
/** A shorter span is drawn within the hour around it, and a longer one to its last part. */
const SHORTEST = HOUR
const MOST_BARS = 120

/**
 * The parts of a span of time in which its histogram is drawn. They begin at round times, so that a chart changes when a
 * part is over and not with each look. `to` null: now.
 */
export function histogramQuery(from: number, to: number | null, now: number): SeriesQuery {
  const end = Math.min(to ?? now, now)
  const missing = Math.max(0, SHORTEST - (end - from))
  const last = Math.min(now, end + missing / 2)
  const first = Math.min(from, last - SHORTEST)
  const step = STEPS.find(([, upTo]) => last - first <= upTo)![0]
  const begin = first - (first % step)
  // What is open at its end has the moment of the end in it, a chosen span has not.
  const over = last === to ? 0 : 1
  const count = Math.max(1, Math.ceil((last + over - begin) / step))
  const shown = Math.min(count, MOST_BARS)
  return { from: begin + (count - shown) * step, step, count: shown }
}

/** The histogram of the log: a bar is a link to its part of the log, by `linkTo`. */
export function activityChart(
  { from, step }: SeriesQuery,
  { parts }: Series,
  say: { t: Translate; words: TimeWords; linkTo: (from: number, to: number) => string }
): StackedBars {
  const { t, words, linkTo } = say
  const series = (['ok', 'retried', 'failed'] as const).map((tone) => ({
    ...{ key: tone, tone },
    label: t(`activity.chart.${tone}`),
  }))
  const bars = parts.map(({ ok, retried, failed }, index) => {
    const begin = from + index * step
    const label = words.stamp(begin).slice(5, step < DAY ? 16 : 10)
    return { label, values: [ok, retried, failed], href: linkTo(begin, begin + step) }
  })
  return stackedBars(series, bars)
}

/**
 * What a script needs to let people choose a span by a drag, and where the chosen one lies in the drawing; null: it is all
 * that is drawn, or there is none.
 */
export function brushOf(
  { from, step, count }: SeriesQuery,
  chosen: Pick<ActivityFilter, 'from' | 'to'>
): { from: number; step: number; chosen: { x: number; width: number } | null } {
  const length = step * count
  const share = (at: number) => Math.max(0, Math.min(1, (at - from) / length)) * CHART_WIDTH
  const [x, end] = [share(chosen.from ?? from), share(chosen.to ?? from + length)]
  return { from, step, chosen: x === 0 && end === CHART_WIDTH ? null : { x, width: end - x } }
}
