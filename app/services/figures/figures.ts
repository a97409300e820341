import type { Clock } from '#oauth/types'
import { figureOf, figuresBy, toCell, type Cell, type Figure } from '#services/figures/figure'
import { COUNT_EXPIRING, COUNT_LOG, COUNT_RUNS, READ_ROLLED } from '#services/figures/figures_sql'
import { BUCKET_COLUMNS, quantile, RUN_BOUNDS } from '#services/figures/histogram'
import { planPeriod, spansInLog, type Span } from '#services/figures/period'
import { RollUp } from '#services/figures/roll_up'
import type { Row, StoreDriver } from '#store/driver'
import type { RefreshKind } from '#token_refresh/types'

/** A period in milliseconds since the epoch, its end excluded, and what to narrow it to. */
export interface FigureQuery extends Span {
  provider?: string
  kind?: RefreshKind
  /** A job by its name; empty: attempts of no run, which are those of the sweep. */
  job?: string
}

export type NamedFigure = Figure & { name: string }

/** Runs of one job that have ended. Durations in milliseconds. */
export interface RunFigure {
  job: string
  runs: number
  failed: number
  cancelled: number
  /** Of the runs that came to their end. */
  meanMs: number | null
  p95Ms: number | null
}

export interface FiguresReport {
  total: Figure
  providers: NamedFigure[]
  kinds: NamedFigure[]
  /** By name of the job; the empty name stands for the sweep and everything else without a run. */
  jobs: NamedFigure[]
  /** Per provider and kind, as M3 asks. */
  cells: (Figure & { provider: string; kind: string })[]
}

/**
 * Operating figures of the refresh log (X8) for any period: whole hours come from the roll-up, its ends and what is
 * younger than the roll-up from the log. Simulated attempts count only where their kind is asked for.
 */
export class Figures {
  readonly #rollUp: RollUp

  constructor(
    private readonly driver: StoreDriver,
    private readonly clock: Pick<Clock, 'now'>,
    sleep: (milliseconds: number) => Promise<void>
  ) {
    this.#rollUp = new RollUp(driver, () => sleep(1))
  }

  /** Adds what is new in the log to the hourly figures. May run in many processes at once, and be ended at any moment. */
  rollUp({ signal }: { signal?: AbortSignal } = {}): Promise<number> {
    return this.#rollUp.run(signal)
  }

  /** The figures of an organization. Ends of the period that are older than a day are moved out to whole hours. */
  async figures(organizationId: string, query: FigureQuery): Promise<FiguresReport> {
    const cells = (await this.#cells(organizationId, query)).filter((cell) => isMeant(cell, query))
    const pairs = Map.groupBy(cells, ({ provider, kind }) => `${provider} ${kind}`)
    return {
      total: figureOf(cells),
      providers: figuresBy(cells, ({ provider }) => provider),
      kinds: figuresBy(cells, ({ kind }) => kind),
      jobs: figuresBy(cells, ({ job }) => job),
      cells: [...pairs.values()].map((group) => {
        const { provider, kind } = group[0]
        return { provider, kind, ...figureOf(group) }
      }),
    }
  }

  /** The runs of an organization that began in a period and have ended, per job. */
  async runs(organizationId: string, { from, to }: Span): Promise<RunFigure[]> {
    const rows = await this.driver.read(COUNT_RUNS(this.driver.dialect), [organizationId, from, to])
    const jobs = Map.groupBy(rows, ({ job }) => job as string)
    return [...jobs].map(([job, states]) => runFigure(job, states))
  }

  /** How many tokens of each provider end within its margin (T4); providers without any are left out. */
  async expiringSoon(
    organizationId: string,
    providers: readonly { id: string; margin: number }[]
  ): Promise<Map<string, number>> {
    const [at, found] = [this.clock.now(), new Map<string, number>()]
    for (const { id, margin } of providers) {
      const [row] = await this.driver.read(COUNT_EXPIRING, [organizationId, id, at, at + margin])
      if (Number(row.expiring) > 0) found.set(id, Number(row.expiring))
    }
    return found
  }

  async #cells(organizationId: string, { from, to }: Span): Promise<Cell[]> {
    const plan = planPeriod({ from, to }, this.clock.now())
    const { hoursFrom, hoursTo, to: end } = plan
    const rolled = await this.driver.read(READ_ROLLED, [hoursFrom, hoursTo, end, end, organizationId])
    const mark = rolled.length === 0 ? null : Number(rolled[0].mark)
    const cells = rolled.filter(({ provider }) => provider !== null).map(toCell)
    for (const span of spansInLog(plan, mark)) {
      const rows = await this.driver.read(COUNT_LOG, [organizationId, span.from, span.to])
      cells.push(...rows.map(toCell))
    }
    return cells
  }
}

function isMeant(cell: Cell, { provider, kind, job }: FigureQuery): boolean {
  if (provider !== undefined && cell.provider !== provider) return false
  if (job !== undefined && cell.job !== job) return false
  return kind === undefined ? cell.kind !== 'test' : cell.kind === kind
}

function runFigure(job: string, states: readonly Row[]): RunFigure {
  const count = (state: string) =>
    states.filter((row) => row.state === state).reduce((sum, row) => sum + Number(row.runs), 0)
  const finished = states.filter(({ state }) => state === 'finished')
  const runs = count('finished')
  const duration = finished.reduce((sum, row) => sum + Number(row.duration_ms), 0)
  const buckets = BUCKET_COLUMNS.map((name) => finished.reduce((sum, row) => sum + Number(row[name]), 0))
  const [failed, cancelled] = [count('failed'), count('cancelled')]
  return {
    job,
    runs: runs + failed + cancelled,
    ...{ failed, cancelled },
    meanMs: runs === 0 ? null : Math.round(duration / runs),
    p95Ms: quantile(buckets, RUN_BOUNDS, 0.95),
  }
}
