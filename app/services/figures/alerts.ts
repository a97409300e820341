import type { ProviderRegistry } from '#oauth/registry'
import { uuid } from '#models/uuid'
import {
  judge,
  type AlertLimits,
  type AlertRule,
  type Situation,
  type Verdict,
} from '#services/figures/alert_rules'
import * as sql from '#services/figures/alerts_sql'
import type { Figures } from '#services/figures/figures'
import { tellOfRuns } from '#services/figures/run_news'
import { all, now, run, type Row, type StoreDriver, type Work } from '#store/driver'
import { READ_QUARANTINE } from '#token_refresh/store_sql'

const DAY = 24 * 60 * 60_000

/** An alert that has not passed again. */
export interface OpenAlert {
  rule: AlertRule
  subject: string
  value: number
  limit: number
  openedAt: number
}

/** How many alerts began, passed again, and how many runs were told of. */
export interface AlertChanges {
  opened: number
  closed: number
  runs: number
}

interface AlertDependencies {
  driver: StoreDriver
  figures: Pick<Figures, 'figures' | 'runs'>
  providers: Pick<ProviderRegistry, 'all'>
  limits: AlertLimits
}

/**
 * Watches the figures. An alert is told once when it begins and once when its figure is good again, however many
 * processes look; a run that went wrong is told once. All goes into the outbox `events`.
 */
export class Alerts {
  constructor(private readonly deps: AlertDependencies) {}

  /** One look at all organizations. A copy of a database tells of nothing. */
  async look(): Promise<AlertChanges> {
    const { driver } = this.deps
    const changes: AlertChanges = { opened: 0, closed: 0, runs: 0 }
    if ((await driver.read(READ_QUARANTINE, [])).length > 0) return changes
    const at = await driver.transaction(() => now())
    const tick = await this.#tick()
    const overdue = await this.#overdue(at)
    for (const { id } of await driver.read('SELECT id FROM organizations ORDER BY id', [])) {
      const organization = id as string
      const late = overdue.get(organization) ?? 0
      const verdicts = await this.#verdicts(organization, { now: at, tick, overdue: late })
      const done = await driver.transaction(() => this.#settle(organization, verdicts))
      changes.opened += done.opened
      changes.closed += done.closed
    }
    changes.runs = await tellOfRuns(driver, at)
    return changes
  }

  /** What has not passed again in this organization, the newest first. */
  async open(organizationId: string): Promise<OpenAlert[]> {
    const rows = await this.deps.driver.read(sql.READ_OPEN, [organizationId])
    return rows.map((row) => ({
      rule: row.rule as AlertRule,
      subject: row.subject as string,
      value: Number(row.value),
      limit: Number(row.limit_value),
      openedAt: Number(row.opened_at),
    }))
  }

  /** Whether any organization was told that the scheduler stands still, and not yet that it goes on. */
  async schedulerStands(): Promise<boolean> {
    return (await this.deps.driver.read(sql.READ_STALL, [])).length > 0
  }

  async #verdicts(
    organization: string,
    known: Pick<Situation, 'now' | 'tick' | 'overdue'>
  ): Promise<Verdict[]> {
    const { figures, limits } = this.deps
    const to = known.now
    const situation = {
      ...known,
      figures: await figures.figures(organization, { from: to - limits.window, to }),
      runs: await figures.runs(organization, { from: to - limits.runWindow, to }),
    }
    return judge(situation, limits)
  }

  async #tick(): Promise<Situation['tick']> {
    const [row] = await this.deps.driver.read(sql.READ_TICK, [])
    if (!row) return null
    return { at: Number(row.scheduler_ticked_at), interval: Number(row.scheduler_interval_ms ?? 0) }
  }

  /** Late refreshes per organization, read provider by provider as the index of what is due is sorted. */
  async #overdue(at: number): Promise<Map<string, number>> {
    const late = new Map<string, number>()
    for (const { id, refresh } of this.deps.providers.all()) {
      if (!refresh.supported) continue
      const rows = await this.deps.driver.read(sql.COUNT_OVERDUE, [id, at - this.deps.limits.overdue])
      for (const { organization_id: organization, late: count } of rows) {
        late.set(organization as string, (late.get(organization as string) ?? 0) + Number(count))
      }
    }
    return late
  }

  *#settle(organization: string, verdicts: readonly Verdict[]): Work<{ opened: number; closed: number }> {
    const at = yield* now()
    const changes = { opened: 0, closed: 0 }
    for (const verdict of verdicts) {
      if (verdict.state === 'bad') changes.opened += yield* this.#begin(organization, verdict, at)
    }
    for (const row of yield* all(sql.READ_OPEN, [organization])) {
      const verdict = verdicts.find(({ rule, subject }) => rule === row.rule && subject === row.subject)
      if (!this.#passes(row, verdict, at)) continue
      const { rule, subject } = row
      const closed = yield* run(sql.CLOSE, [organization, rule as string, subject as string])
      if (closed > 0) yield* this.#tell(organization, passed(row, verdict), at)
      changes.closed += closed
    }
    return changes
  }

  *#begin(organization: string, verdict: Verdict, at: number): Work<number> {
    const { rule, subject, value, limit, sample } = verdict
    const opened = yield* run(sql.OPEN, [organization, rule, subject, value, limit, sample, at])
    if (opened === 0) yield* run(sql.UPDATE_OPEN, [value, limit, sample, organization, rule, subject])
    else yield* this.#tell(organization, begun(verdict), at)
    return opened
  }

  /** A figure that cannot be judged for a day has nothing left to tell of. */
  #passes({ opened_at: openedAt }: Row, verdict: Verdict | undefined, at: number): boolean {
    if (verdict?.state === 'bad') return false
    const patience = verdict ? this.deps.limits.hold : DAY
    return at - Number(openedAt) >= patience
  }

  *#tell(organization: string, { name, severity, data }: Message, at: number): Work<number> {
    const unique = `${name}:${organization}:${String(data.rule)}:${String(data.subject)}:${at}`
    return yield* run(sql.TELL, [uuid(at), organization, name, severity, JSON.stringify(data), unique, at])
  }
}

interface Message {
  name: string
  severity: 'normal' | 'high' | 'urgent'
  data: Record<string, unknown>
}

function begun({ rule, subject, value, limit, sample }: Verdict): Message {
  const data = { rule, subject, value, limit, sample }
  if (rule === 'scheduler_stalled') return { name: 'scheduler.stalled', severity: 'urgent', data }
  return { name: 'figures.alert', severity: 'high', data }
}

function passed({ rule, subject, opened_at: since }: Row, verdict: Verdict | undefined): Message {
  const name = rule === 'scheduler_stalled' ? 'scheduler.recovered' : 'figures.recovered'
  const data = { rule, subject, since: Number(since), value: verdict?.value ?? null }
  return { name, severity: 'normal', data }
}
