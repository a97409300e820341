import type { Series } from '#services/figures/series'
import { stackedBars, type ChartSeries } from '#transformers/chart'
import type { Translate } from '#transformers/translate'

interface OutcomesInput {
  series: Series
  parts: { from: number; step: number }
  look: (provider: string) => { name: string; icon: string | null }
  /** A moment as the table and the axis say it. */
  sayMoment: (at: number) => string
  t: Translate
}

/** How refreshes ended over time, and how long the providers took to answer. Durations in milliseconds. */
export function overviewOutcomes({ series, parts, look, sayMoment, t }: OutcomesInput) {
  const tones = ['ok', 'retried', 'failed'] as const
  const kinds: ChartSeries[] = tones.map((tone) => ({
    key: tone,
    label: t(`overview.outcomes.${tone}`),
    tone,
  }))
  const bars = series.parts.map((part, index) => ({
    label: sayMoment(parts.from + index * parts.step),
    values: tones.map((tone) => part[tone]),
  }))
  const providers = series.providers
    .map(({ name, attempts, p95Ms }) => ({ id: name, ...look(name), attempts, p95Ms }))
    .toSorted((one, other) => (other.p95Ms ?? 0) - (one.p95Ms ?? 0))
  return { chart: stackedBars(kinds, bars), providers, p95Ms: series.total.p95Ms }
}
