import { figureOf, figuresBy, toCell, type Cell, type Figure } from '#services/figures/figure'
import { HOUR } from '#services/figures/period'
import { COUNT_FINAL_FAILURES, COUNT_LOG_PARTS, READ_ROLLED_PARTS } from '#services/figures/series_sql'
import type { Row, StoreDriver } from '#store/driver'

/** A period in equal parts; milliseconds. Where a part is an hour or longer, `from` must be a whole hour. */
export interface SeriesQuery {
  from: number
  step: number
  count: number
  /** Of one provider only; left out: of all. */
  provider?: string
}

/** How the refreshes of one part of a period ended. */
export interface SeriesPart {
  /** Tokens came. */
  ok: number
  /** Went wrong, and is tried again without anybody's help. */
  retried: number
  /** Went wrong for good: only a person can help. */
  failed: number
}

export interface Series {
  parts: SeriesPart[]
  total: Figure
  providers: (Figure & { name: string })[]
}

type PartCell = Cell & { part: number }

/**
 * Figures over time, test refreshes left out. Whole hours come from the roll-up up to its mark, the rest from the log; a
 * period in parts shorter than an hour comes from the log alone.
 */
export async function readSeries(
  driver: StoreDriver,
  organizationId: string,
  query: SeriesQuery
): Promise<Series> {
  const { from, step, count } = query
  const { dialect } = driver
  const to = from + step * count
  const cells: PartCell[] = []
  let begin = from
  if (step >= HOUR) {
    const rolled = await driver.read(READ_ROLLED_PARTS(dialect), [from, step, from, to, organizationId])
    cells.push(...rolled.filter(({ provider }) => provider !== null).map(toPartCell))
    begin = Math.max(from, Number(rolled[0]?.mark ?? from))
  }
  if (begin < to) {
    const counted = await driver.read(COUNT_LOG_PARTS(dialect), [from, step, organizationId, begin, to])
    cells.push(...counted.map(toPartCell))
  }
  const final = await driver.read(COUNT_FINAL_FAILURES(dialect), [from, step, organizationId, from, to])
  const isMeant = ({ provider }: { provider?: unknown }) =>
    query.provider === undefined || provider === query.provider
  const meant = cells.filter(isMeant)
  return {
    parts: toParts(meant, final.filter(isMeant), count),
    total: figureOf(meant),
    providers: figuresBy(meant, ({ provider }) => provider),
  }
}

function toPartCell(row: Row): PartCell {
  return { ...toCell(row), part: Number(row.part) }
}

function toParts(cells: readonly PartCell[], final: readonly Row[], count: number): SeriesPart[] {
  const byPart = Map.groupBy(cells, ({ part }) => part)
  const failuresOf = Map.groupBy(final, ({ part }) => Number(part))
  return Array.from({ length: count }, (_, part) => {
    const { success, notExtended, failed: all } = figureOf(byPart.get(part) ?? [])
    const known = failuresOf.get(part) ?? []
    const failed = Math.min(
      all,
      known.reduce((sum, { attempts }) => sum + Number(attempts), 0)
    )
    return { ok: success + notExtended, retried: all - failed, failed }
  })
}
