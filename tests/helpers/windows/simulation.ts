import { ProviderRegistry } from '#oauth/registry'
import twitch from '#oauth/providers/twitch'
import type { Engine } from '#services/build_engine'
import type { Actor } from '#services/campaigns/types'
import { nextTime } from '#services/jobs/cron_times'
import { LabDatabase } from '#tests/helpers/lab/lab_database'
import { labEngine } from '#tests/helpers/lab/lab_engine'
import { seededRandom } from '#tests/helpers/lab/lab_clock'
import { aProvider, HOUR, MINUTE, SECOND } from '#tests/helpers/refresh_fixtures'
import { Agenda } from '#tests/helpers/windows/agenda'
import { MARGINS, WINDOW, type Plan, type PlannedGrant } from '#tests/helpers/windows/plan'
import { TruthProvider } from '#tests/helpers/windows/truth_provider'
import {
  judgeWindow,
  type Logged,
  type OpenedWindow,
  type WindowVerdict,
} from '#tests/helpers/windows/verdict'
import { VirtualClock } from '#tests/helpers/windows/virtual_clock'

/**
 * What looks after the tokens: sweep and cycle as they ship, the provider's cycle alone, nothing, or a cycle that renews
 * everything whether it is due or not.
 */
export type Keeper = 'sweep' | 'cycle_only' | 'nobody' | 'eager'

/** The cycle that Twitch's connections have beside their own schedule: every 3 h 30. */
const CYCLE = { expressions: twitch.schedule, timeZone: 'UTC' }
/** How long the cycle goes on: until after the last window. */
const PLAYED = 50 * HOUR
/** A streamer whose grant failed tries again after this. */
const SECOND_THOUGHTS = 5 * MINUTE
const PROBES = 3
const CAMPAIGN = '00000000-0000-7000-8000-00000000000c'

export interface SimulationReport {
  windows: WindowVerdict[]
  /** Moments at which the row held another token than the valid one that the provider had given. */
  mismatched: number
  /** Grants that did not open a window at first, since the provider was away. */
  refused: number
  /** Spent refresh tokens that were presented. */
  reused: number
  probes: number
  sweeps: number
}

/**
 * A weekend in true time, driven from one event to the next: the real engine on the real database, against a provider
 * that keeps the truth. Between events nothing happens, so no second is looked at in vain.
 */
export class WindowSimulation {
  readonly #agenda = new Agenda()
  readonly #working = new Set<Promise<void>>()
  readonly #opened: OpenedWindow[] = []
  readonly #ids = new Map<string, string>()
  readonly #tally = { mismatched: 0, refused: 0, probes: 0, sweeps: 0 }
  readonly #random: () => number
  #organizationId = ''

  private constructor(
    private readonly plan: Plan,
    private readonly keeper: Keeper,
    private readonly clock: VirtualClock,
    private readonly provider: TruthProvider,
    private readonly database: LabDatabase,
    private readonly engine: Engine
  ) {
    this.#random = seededRandom(plan.grants.length)
  }

  /** Plays the plan to its end and judges every window. The database of the test run is emptied before. */
  static async play(plan: Plan, keeper: Keeper): Promise<SimulationReport> {
    const clock = new VirtualClock(plan.begin)
    clock.offset = plan.offset
    const provider = await TruthProvider.start(() => clock.time)
    const database = await LabDatabase.open('sqlite', clock)
    const engine = engineFor(provider, database, clock)
    const simulation = new WindowSimulation(plan, keeper, clock, provider, database, engine)
    try {
      return await simulation.#play()
    } finally {
      await engine.close()
      await database.close()
      await provider.close()
    }
  }

  async #play(): Promise<SimulationReport> {
    await this.#connect()
    this.#enterPlan()
    for (;;) {
      const tick = await this.#nextTick()
      const next = Math.min(this.#agenda.next(), this.clock.nextWake(), tick)
      if (next === Number.POSITIVE_INFINITY) break
      this.clock.moveTo(next)
      await this.#settled()
      for (let due = this.#agenda.take(next); due; due = this.#agenda.take(next)) await due.run()
      await this.#settled()
      if (tick <= next) await this.#sweep()
    }
    return this.#report()
  }

  async #connect(): Promise<void> {
    const { grants } = this.plan
    const seeds = grants.map(({ account, provider, life }) => ({
      account,
      provider,
      token: this.provider.grant(account, life),
      expiresIn: Math.round(this.#random() * life),
    }))
    const ids = await this.database.seed(seeds)
    for (const [index, id] of ids.entries()) this.#ids.set(grants[index].account, id)
    // Nobody has granted a window yet.
    await this.database.run('UPDATE connections SET next_refresh_at = NULL')
    const [organization] = await this.database.all('SELECT id FROM organizations')
    this.#organizationId = organization.id as string
    const now = this.clock.now()
    await this.database.run(
      `INSERT INTO campaigns (id, organization_id, name, created_at, updated_at) VALUES (?, ?, 'Weekend', ?t, ?t)`,
      [CAMPAIGN, this.#organizationId, now, now]
    )
    await this.database.run(
      'INSERT INTO campaign_members (campaign_id, connection_id, created_at) SELECT ?, id, ?t FROM connections',
      [CAMPAIGN, now]
    )
  }

  #enterPlan(): void {
    const { grants, outages, steps } = this.plan
    for (const grant of grants) this.#agenda.enter({ at: grant.at, run: () => this.#authorize(grant) })
    for (const { provider, from, to, kind } of outages) {
      this.#agenda.enter({ at: from, run: () => void this.provider.outages.set(provider, kind) })
      this.#agenda.enter({ at: to, run: () => void this.provider.outages.delete(provider) })
    }
    for (const { at, by } of steps) this.#agenda.enter({ at, run: () => void (this.clock.offset += by) })
    if (this.keeper !== 'nobody') this.#enterCycle()
  }

  #enterCycle(): void {
    const { begin, offset } = this.plan
    const first = begin + offset
    for (let at = nextTime(CYCLE, first); at !== null && at < first + PLAYED; at = nextTime(CYCLE, at))
      this.#agenda.enter({ at: at - offset, run: () => this.#cycle() })
  }

  async #cycle(): Promise<void> {
    const eager = this.keeper === 'eager'
    for (const provider of Object.keys(MARGINS)) {
      await this.engine.runs.run({
        job: `${provider}-cycle`,
        kind: 'scheduled',
        trigger: 'schedule',
        selection: { organizationId: this.#organizationId, provider, all: eager, force: eager },
        concurrency: 10,
      })
    }
  }

  async #authorize(grant: PlannedGrant): Promise<void> {
    const opening = this.#open(grant)
    this.#working.add(opening)
    void opening.finally(() => this.#working.delete(opening))
    await this.#settled()
  }

  async #open(grant: PlannedGrant): Promise<void> {
    const id = this.#ids.get(grant.account) ?? ''
    const actor: Actor = { organizationId: this.#organizationId, userId: null, role: 'admin' }
    const opened = await this.engine.windows.authorize(actor, CAMPAIGN, id)
    if (!opened.ok) {
      this.#tally.refused += 1
      return this.#agenda.enter({ at: this.clock.time + SECOND_THOUGHTS, run: () => this.#authorize(grant) })
    }
    const from = this.clock.time
    const host = { from: this.clock.now(), to: opened.authorizedUntil }
    this.#opened.push({ ...grant, from, to: this.#trueTime(host.to), host })
    for (let probe = 0; probe < PROBES; probe++) {
      const at = from + Math.floor(this.#random() * WINDOW)
      this.#agenda.enter({ at, run: () => this.#probe(grant.account, id) })
    }
  }

  /** When the host's clock will show this for the first time. */
  #trueTime(shown: number): number {
    let offset = this.clock.offset
    const ahead = this.plan.steps
      .filter(({ at }) => at > this.clock.time)
      .toSorted((one, other) => one.at - other.at)
    for (const { at, by } of ahead) {
      if (shown - offset <= at) break
      offset += by
      if (shown - offset <= at) return at
    }
    return shown - offset
  }

  /** Whether the row holds what the provider honours; where the provider has given nothing valid, the judge knows it. */
  async #probe(account: string, id: string): Promise<void> {
    const issue = this.provider.issuesOf(account).at(-1)
    if (!issue || !this.provider.honours(account, issue.token)) return
    const [row] = await this.database.all('SELECT id, access_token FROM connections WHERE id = ?', [id])
    this.#tally.probes += 1
    if (this.database.tokenOf(row, 'access_token') !== issue.token) this.#tally.mismatched += 1
  }

  async #sweep(): Promise<void> {
    this.#tally.sweeps += 1
    await this.engine.refresh.refreshDue({ kind: 'scheduled' })
  }

  /** The next whole second of the host at which a sweep finds something that it may send. */
  async #nextTick(): Promise<number> {
    if (this.keeper !== 'sweep' && this.keeper !== 'eager') return Number.POSITIVE_INFINITY
    const rows = await this.database.all(
      `SELECT min(max(next_refresh_at, coalesce((SELECT until FROM client_gates
         WHERE id = provider AND flow <> 'open'), 0))) AS due
       FROM connections WHERE is_active AND paused_at IS NULL AND next_refresh_at IS NOT NULL`
    )
    if (rows[0].due === null) return Number.POSITIVE_INFINITY
    const after = Math.floor(this.clock.now() / SECOND) * SECOND + SECOND
    const due = Math.max(after, Math.ceil(Number(rows[0].due) / SECOND) * SECOND)
    return due - this.clock.offset
  }

  /** Waits until everybody who works has ended or sleeps. */
  async #settled(): Promise<void> {
    while (this.#working.size > this.clock.asleep)
      await Promise.race([...this.#working, this.clock.fellAsleep()])
  }

  async #report(): Promise<SimulationReport> {
    const attempts = await this.database.all(
      `SELECT c.owner, a.kind, a.created_at FROM refresh_attempts a JOIN connections c ON c.id = a.connection_id
       WHERE a.outcome = 'success' ORDER BY a.created_at, a.id`
    )
    const logged = Map.groupBy(attempts, ({ owner }) => owner as string)
    const windows = this.#opened.map((window) => {
      const log = (logged.get(window.account) ?? []).map(({ kind, created_at: at }): Logged => ({
        at: Number(at),
        kind: kind as string,
      }))
      return judgeWindow(window, this.provider.issuesOf(window.account), log, this.plan.outages)
    })
    return { windows, ...this.#tally, reused: this.provider.reused }
  }
}

function engineFor(provider: TruthProvider, database: LabDatabase, clock: VirtualClock): Engine {
  const providers = new ProviderRegistry(
    Object.entries(MARGINS).map(([id, margin]) =>
      aProvider({
        id,
        server: { token_endpoint: provider.urlOf(id), authorization_endpoint: provider.urlOf(id) },
        allowPrivate: true,
        refresh: { margin, keepAlive: 'while_authorized' },
      })
    )
  )
  const driver = database.driverFor(clock)
  return labEngine({ driver, clock, sleep: clock.sleep, endpoint: '', labProviders: [], providers })
}
