import { printAccountFilter } from '#services/account_filter/print_filter'
import type { Term } from '#services/account_filter/account_filter'
import type { Ending, Parts } from '#services/overview/overview_figures'
import { stackedBars, type ChartSeries, type StackedBars } from '#transformers/chart'
import type { Translate } from '#transformers/translate'

/** So many providers are told apart; the others are one series. */
const NAMED = 4
const OTHERS = 'others'

interface HorizonInput {
  endings: readonly Ending[]
  parts: Parts
  nameOf: (provider: string) => string
  /** A moment as the table and the axis say it. */
  sayMoment: (at: number) => string
  t: Translate
}

export interface Horizon {
  token: StackedBars
  grant: StackedBars
}

/** How many tokens and grants end when, by provider; each bar leads to the accounts that it counts. */
export function overviewHorizon(input: HorizonInput): Horizon {
  const series = seriesOf(input)
  return { token: chartOf(input, series, 'token'), grant: chartOf(input, series, 'grant') }
}

/** The same series in both charts, so that a pattern means one provider on the whole page. */
function seriesOf({ endings, nameOf, t }: HorizonInput): ChartSeries[] {
  const totals = new Map<string, number>()
  for (const { provider, accounts } of endings) {
    totals.set(provider, (totals.get(provider) ?? 0) + accounts)
  }
  const sorted = [...totals].sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1))
  const named = sorted.slice(0, NAMED).map(([key], index) => ({
    key,
    label: nameOf(key),
    series: (index + 1) as ChartSeries['series'],
  }))
  return sorted.length <= NAMED
    ? named
    : [...named, { key: OTHERS, label: t('overview.horizon.others'), series: 5 }]
}

function chartOf(input: HorizonInput, series: ChartSeries[], clock: Ending['clock']): StackedBars {
  const { endings, parts, sayMoment } = input
  const byPart = Map.groupBy(
    endings.filter((ending) => ending.clock === clock),
    ({ part }) => part
  )
  const bars = Array.from({ length: parts.count }, (_, part) => ({
    label: sayMoment(parts.from + part * parts.step),
    values: valuesOf(series, byPart.get(part) ?? []),
    href: byPart.has(part) ? linkTo(clock, parts, part) : null,
  }))
  return stackedBars(series, bars)
}

function valuesOf(series: readonly ChartSeries[], endings: readonly Ending[]): number[] {
  const count = (matches: (provider: string) => boolean) =>
    endings.filter(({ provider }) => matches(provider)).reduce((sum, { accounts }) => sum + accounts, 0)
  const isNamed = (provider: string) => series.some(({ key }) => key === provider)
  return series.map(({ key }) =>
    count(key === OTHERS ? (provider) => !isNamed(provider) : (provider) => provider === key)
  )
}

function linkTo(clock: Ending['clock'], { from, step }: Parts, part: number): string {
  const name = clock === 'token' ? 'expires' : 'grant'
  const begin = from + part * step
  const terms: Term[] = [
    // What has ended already in the part that now lies in does not end any more.
    { name, bound: part === 0 ? { side: '>', within: 0 } : { side: '>', at: begin } },
    { name, bound: { side: '<', at: begin + step } },
  ]
  return `/accounts?${new URLSearchParams({ q: printAccountFilter({ terms, words: [] }) })}`
}
