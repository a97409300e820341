import type { Figure, Measured, Pick, Target } from './types.js'

/** A figure with what the samples say about it. */
export interface Result {
  figure: Figure
  measure: string
  /** The median over the rounds. */
  reached: number
  min: number
  max: number
  rounds: number
  /** Null where there is no target. */
  met: boolean | null
}

/** What follows from a measure's samples. Figures whose samples are missing are left out. */
export function resultsOf(measured: Measured): Result[] {
  return measured.figures.flatMap((figure) => {
    const values = valuesOf(figure, measured)
    if (!values || values.length === 0) return []
    const reached = percentile(values, 50)
    const { target } = figure
    return [
      {
        figure,
        measure: measured.name,
        reached,
        min: Math.min(...values),
        max: Math.max(...values),
        rounds: values.length,
        met: target && meets(reached, target),
      },
    ]
  })
}

/** Figures with a target whose samples are missing. */
export function missingOf(measured: Measured): Figure[] {
  return measured.figures.filter((figure) => figure.target && !valuesOf(figure, measured)?.length)
}

/**
 * What a gate goes by: each steady figure with a target, at its best round, since a busy machine only makes rounds worse.
 * `best` is null where the figure was not measured, which meets no target.
 */
export function gateOf(
  measures: readonly Measured[]
): { figure: Figure; best: number | null; met: boolean }[] {
  return measures.flatMap((measured) =>
    measured.figures.flatMap((figure) => {
      const { target, steady } = figure
      if (!target || !steady) return []
      const values = valuesOf(figure, measured) ?? []
      const best = target.is === 'at least' ? Math.max(...values) : Math.min(...values)
      const met = values.some((value) => meets(value, target))
      return [{ figure, best: values.length > 0 ? best : null, met }]
    })
  )
}

function valuesOf({ of, per }: Figure, measured: Measured): number[] | null {
  const above = perRound(of, measured)
  const below = per ? perRound(per, measured) : null
  if (!above || (per && !below)) return null
  return above.map((value, round) => (below ? value / below[round] : value))
}

function perRound({ series, percentile: part = 50 }: Pick, measured: Measured): number[] | null {
  return measured.series[series]?.rounds.map((samples) => percentile(samples, part)) ?? null
}

/** The value below which `part` percent of the samples lie; the middle one is the mean of two where they are even. */
export function percentile(samples: readonly number[], part: number): number {
  const sorted = samples.toSorted((one, other) => one - other)
  const place = (part / 100) * (sorted.length - 1)
  const [low, high] = [Math.floor(place), Math.ceil(place)]
  return sorted[low] + (sorted[high] - sorted[low]) * (place - low)
}

function meets(value: number, { is, value: wanted }: Target): boolean {
  switch (is) {
    case 'at least':
      return value >= wanted
    case 'at most':
      return value <= wanted
    case 'below':
      return value < wanted
    case 'exactly':
      return value === wanted
  }
}
