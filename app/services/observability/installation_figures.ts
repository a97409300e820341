import type { ProviderRegistry } from '#oauth/registry'
import type { Clock, Provider } from '#oauth/types'
import { READ_TICK } from '#services/figures/alerts_sql'
import type { Figures } from '#services/figures/figures'
import { withDeadline } from '#services/observability/deadline'
import * as sql from '#services/observability/installation_sql'
import { providerLabels, type ProviderLabels } from '#services/observability/provider_labels'
import { RisingTotals, toTotal, type RefreshTotal } from '#services/observability/refresh_totals'
import { Remembered } from '#services/observability/remembered'
import { RunTotals, type RunTotal } from '#services/observability/run_totals'
import { COUNT_LEFT_BEHIND, READ_TOTALS } from '#services/observability/totals_sql'
import type { Row, StoreDriver } from '#store/driver'
import { READ_QUARANTINE } from '#token_refresh/store_sql'

/** The tokens of one provider. */
export interface ProviderState {
  provider: string
  expiring: number
  due: number
  /** How late the refresh is that has waited longest, in milliseconds. */
  lateness: number
}

/** The installation as its database shows it, the same from every process. Times in milliseconds. */
export interface InstallationState {
  refreshes: RefreshTotal[]
  providers: ProviderState[]
  leased: number
  gates: { gate: string; closedFor: string[] }[]
  deliveries: { waiting: number; dead: number }
  /** Runs that are queued or under way, and what those of the last hour came to. */
  runs: Map<string, number>
  endedRuns: Map<string, number>
  runTotals: RunTotal[]
  /** Null where no scheduler has left a trace. */
  tickAge: number | null
  quarantined: boolean
}

interface FiguresDependencies {
  driver: StoreDriver
  providers: Pick<ProviderRegistry, 'fixed' | 'all'>
  figures: Pick<Figures, 'rollUp'>
  clock: Clock
  onTrouble: (error: unknown) => void
}

const HOUR = 60 * 60_000
/** Where no scheduler adds the log up, a scrape does once its end is as old as this. */
const LEFT_BEHIND = 15 * 60_000
/** One scrape asks for many metrics; all are answered from one look. */
const LIFE = 1_000
const PATIENCE = 5_000

/** Reads the figures of the whole installation for a scrape. */
export class InstallationFigures {
  readonly #rising = new RisingTotals()
  readonly #runTotals = new RunTotals()
  readonly #look: Remembered<InstallationState>
  #rollingUp: Promise<unknown> | null = null

  constructor(private readonly deps: FiguresDependencies) {
    this.#look = new Remembered(deps.clock, LIFE, () => withDeadline(PATIENCE, this.#read()))
  }

  /** The state of this second. Rejects where the database does not answer. */
  read(): Promise<InstallationState> {
    return this.#look.get()
  }

  /** Resolves when no roll-up is on its way that a scrape has begun. */
  async settled(): Promise<void> {
    await this.#rollingUp
  }

  async #read(): Promise<InstallationState> {
    const { clock, providers } = this.deps
    const [now, labels] = [clock.now(), providerLabels(providers)]
    const [totals, leased, deliveries, open, ended, run, tick, quarantined, gates, states] =
      await Promise.all([
        this.#all(READ_TOTALS, 0),
        this.#all(sql.COUNT_LEASED, now),
        this.#all(sql.COUNT_DELIVERIES),
        this.#all(sql.COUNT_OPEN_RUNS),
        this.#all(sql.COUNT_ENDED_RUNS, now - HOUR),
        this.#all(sql.READ_ENDED_RUNS, ...this.#runTotals.since(now)),
        this.#all(READ_TICK),
        this.#all(READ_QUARANTINE),
        this.#all(sql.READ_CLOSED_GATES, now),
        this.#providers(now, labels),
        this.#catchUp(now),
      ])
    return {
      refreshes: this.#rising.raise(totals.map((row) => toTotal(row, labels.provider))),
      providers: states,
      leased: Number(leased[0].leased),
      gates: gatesOf(gates, labels),
      deliveries: { waiting: Number(deliveries[0].waiting), dead: Number(deliveries[0].dead) },
      runs: byState(open, ['queued', 'running']),
      endedRuns: byState(ended, ['finished', 'cancelled', 'failed']),
      runTotals: this.#runTotals.add(run, now),
      tickAge: tick.length === 0 ? null : Math.max(0, now - Number(tick[0].scheduler_ticked_at)),
      quarantined: quarantined.length > 0,
    }
  }

  #all(statement: string, ...values: number[]): Promise<Row[]> {
    return this.deps.driver.read(statement, values)
  }

  async #providers(now: number, { provider: label }: ProviderLabels): Promise<ProviderState[]> {
    const states = await Promise.all(
      this.deps.providers.all().map((provider) => this.#provider(provider, now))
    )
    const groups = Map.groupBy(states, ({ provider }) => label(provider))
    return [...groups].map(([provider, group]) => ({
      provider,
      expiring: sum(group.map(({ expiring }) => expiring)),
      due: sum(group.map(({ due }) => due)),
      lateness: Math.max(...group.map(({ lateness }) => lateness)),
    }))
  }

  async #provider({ id, refresh }: Provider, now: number): Promise<ProviderState> {
    const { driver } = this.deps
    const [{ expiring }] = await driver.read(sql.COUNT_EXPIRING, [id, now, now + refresh.margin])
    const state = { provider: id, expiring: Number(expiring), due: 0, lateness: 0 }
    if (!refresh.supported) return state
    const [{ due, first }] = await driver.read(sql.COUNT_DUE, [id, now])
    return { ...state, due: Number(due), lateness: first === null ? 0 : now - Number(first) }
  }

  /** Without a scheduler nobody adds the log up, and what has to be counted grows. Nobody waits for it. */
  async #catchUp(now: number): Promise<void> {
    const [{ behind }] = await this.#all(COUNT_LEFT_BEHIND, now - LEFT_BEHIND)
    if (Number(behind) === 0 || this.#rollingUp) return
    this.#rollingUp = this.deps.figures
      .rollUp()
      .catch(this.deps.onTrouble)
      .finally(() => (this.#rollingUp = null))
  }
}

function gatesOf(closed: readonly Row[], labels: ProviderLabels) {
  const reasons = Map.groupBy(closed, ({ id }) => labels.gate(id as string))
  return labels.gates.map((gate) => ({
    gate,
    closedFor: (reasons.get(gate) ?? []).map(({ reason }) => (reason as string | null) ?? 'unknown'),
  }))
}

function byState(rows: readonly Row[], states: readonly string[]): Map<string, number> {
  const found = new Map(rows.map((row) => [row.state as string, Number(row.runs)]))
  return new Map(states.map((state) => [state, found.get(state) ?? 0]))
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
