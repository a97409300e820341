import type { PlanQuery, RefreshPlan } from '#services/schedule_pages'
import { stackedBars } from '#transformers/chart'
import type { TimeWords } from '#transformers/time_words'
import type { Translate } from '#transformers/translate'

const MINUTE = 60_000

/** What the chart of the plan looks ahead to: the next hour by the minute, or the next day by ten minutes. */
export const PLAN_VIEWS = {
  hour: { step: MINUTE, count: 60 },
  day: { step: 10 * MINUTE, count: 144 },
} as const
export type PlanView = keyof typeof PLAN_VIEWS

/** Reads which view is wanted. */
export function planView(value: unknown): PlanView {
  return value === 'hour' ? 'hour' : 'day'
}

/** The parts of a view from this moment on. */
export function planQuery(view: PlanView, now: number): PlanQuery {
  return { from: now - (now % MINUTE), ...PLAN_VIEWS[view] }
}

/** The plan as a chart, and how evenly it is spread: the fullest part beside the average. */
export function schedulePlan(
  plan: RefreshPlan,
  { from, step }: PlanQuery,
  { t, words }: { t: Translate; words: TimeWords }
) {
  const clock = (at: number) => words.stamp(at).slice(11, 16)
  const series = [{ key: 'planned', label: t('schedule.plan.series'), series: 1 as const }]
  const bars = plan.parts.map((value, index) => ({ label: clock(from + index * step), values: [value] }))
  const chart = stackedBars(series, bars)
  const most = Math.max(0, ...plan.parts)
  return {
    chart,
    due: plan.due,
    busiest: most === 0 ? null : { count: most, at: clock(from + plan.parts.indexOf(most) * step) },
    average: Math.round((chart.total / plan.parts.length) * 10) / 10,
    used: plan.parts.filter((count) => count > 0).length,
    parts: plan.parts.length,
  }
}
