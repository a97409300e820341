/** One kind of thing in a stacked chart. `tone` names a colour of status, `series` one of five quiet ones with patterns. */
export interface ChartSeries {
  key: string
  label: string
  tone?: 'ok' | 'retried' | 'failed'
  series?: 1 | 2 | 3 | 4 | 5
}

export interface ChartBar {
  /** What the table calls it. */
  label: string
  /** One value for each series, in their order. */
  values: readonly number[]
  href?: string | null
}

interface ChartPart extends ChartSeries {
  value: number
  y: number
  height: number
}

/** Stacked bars with their geometry; the drawing is `CHART_WIDTH` wide and `HEIGHT` high. */
export interface StackedBars {
  series: (ChartSeries & { total: number })[]
  bars: (Omit<ChartBar, 'values'> & {
    values: readonly number[]
    total: number
    x: number
    width: number
    parts: ChartPart[]
  })[]
  /** The value at the top of the drawing. */
  max: number
  total: number
  /** The first of the highest bars; null where all are empty. */
  peak: { label: string; total: number } | null
  width: number
  height: number
}

/** How wide a drawing is, in units of its own. */
export const CHART_WIDTH = 720
const HEIGHT = 120
/** A value that is there can be seen, however small it is. */
const LEAST = 2

/** Lays bars out that are stacked from the first series up. */
export function stackedBars(series: readonly ChartSeries[], bars: readonly ChartBar[]): StackedBars {
  const totals = bars.map(({ values }) => sum(values))
  const max = niceMaximum(Math.max(0, ...totals))
  const place = CHART_WIDTH / Math.max(1, bars.length)
  const width = Math.max(1, place * 0.76)
  return {
    series: series.map((one, index) => ({ ...one, total: sum(bars.map(({ values }) => values[index])) })),
    bars: bars.map((bar, index) => ({
      ...bar,
      total: totals[index],
      x: round(index * place + (place - width) / 2),
      width: round(width),
      parts: stack(series, bar.values, max),
    })),
    max,
    total: sum(totals),
    peak: peakOf(bars, totals),
    width: CHART_WIDTH,
    height: HEIGHT,
  }
}

function peakOf(bars: readonly ChartBar[], totals: readonly number[]): StackedBars['peak'] {
  const total = Math.max(0, ...totals)
  return total === 0 ? null : { label: bars[totals.indexOf(total)].label, total }
}

function stack(series: readonly ChartSeries[], values: readonly number[], max: number): ChartPart[] {
  let top = HEIGHT
  return series.flatMap((one, index) => {
    const value = values[index]
    if (value === 0) return []
    const height = Math.max(LEAST, (value / max) * HEIGHT)
    top = Math.max(0, top - height)
    return [{ ...one, value, y: round(top), height: round(height) }]
  })
}

/** The next of 1, 2, 5, 10, 20, 50, … */
export function niceMaximum(value: number): number {
  if (value <= 1) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map((factor) => factor * power).find((nice) => nice >= value)!
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const round = (value: number) => Math.round(value * 10) / 10
