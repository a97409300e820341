import { BUCKET_COLUMNS, BUCKETS, quantile, REFRESH_BOUNDS } from '#services/figures/histogram'
import type { Row } from '#store/driver'

/** What attempts of one kind came to, as the roll-up and the log count them. */
export interface Cell {
  provider: string
  kind: string
  /** The job whose run it was; empty where no run was, as in the sweep. */
  job: string
  outcome: string
  attempts: number
  durationMs: number
  buckets: number[]
}

/** Figures of any set of attempts. Rates are from 0 to 1 and null where there is nothing to divide by. */
export interface Figure {
  attempts: number
  success: number
  failed: number
  /** Tokens came, but they live no longer than before: no success, and no failure either. */
  notExtended: number
  /** Somebody else was faster; says nothing about the provider. */
  superseded: number
  /** Successes among the attempts that were decided: all but the superseded ones. */
  successRate: number | null
  /** Failures among all attempts. */
  errorRate: number | null
  /** Durations in milliseconds. The p95 is exact to its bucket. */
  meanMs: number | null
  p95Ms: number | null
}

/** Reads a row of the roll-up or of the log's count. PostgreSQL gives sums as text. */
export function toCell(row: Row): Cell {
  return {
    provider: row.provider as string,
    kind: row.kind as string,
    job: row.job as string,
    outcome: row.outcome as string,
    attempts: Number(row.attempts),
    durationMs: Number(row.duration_ms),
    buckets: BUCKET_COLUMNS.map((name) => Number(row[name])),
  }
}

/** The figures of these cells together. */
export function figureOf(cells: readonly Cell[]): Figure {
  const of = (outcome: string) => sum(cells.filter((cell) => cell.outcome === outcome))
  const [attempts, success, failed] = [sum(cells), of('success'), of('failed')]
  const [notExtended, superseded] = [of('not_extended'), of('superseded')]
  const duration = cells.reduce((total, cell) => total + cell.durationMs, 0)
  const buckets = Array.from({ length: BUCKETS }, (_, bucket) =>
    cells.reduce((total, cell) => total + cell.buckets[bucket], 0)
  )
  return {
    ...{ attempts, success, failed, notExtended, superseded },
    successRate: ratio(success, attempts - superseded),
    errorRate: ratio(failed, attempts),
    meanMs: attempts === 0 ? null : Math.round(duration / attempts),
    p95Ms: quantile(buckets, REFRESH_BOUNDS, 0.95),
  }
}

/** The figures of each name that `nameOf` gives, sorted by name. */
export function figuresBy(
  cells: readonly Cell[],
  nameOf: (cell: Cell) => string
): (Figure & { name: string })[] {
  const groups = Map.groupBy(cells, nameOf)
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, group]) => ({ name, ...figureOf(group) }))
}

/** A part of a whole; null where there is no whole. */
export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}

function sum(cells: readonly Cell[]): number {
  return cells.reduce((total, { attempts }) => total + attempts, 0)
}
