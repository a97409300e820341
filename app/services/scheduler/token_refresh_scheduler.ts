import { DateTime } from 'luxon'
import type { Scheduler } from 'adonisjs-scheduler'
import Organization from '#models/organization'
import type { ProviderRegistry } from '#oauth/registry'
import type { Installation } from '#services/installation'
import type { RefreshLogger } from '#services/refresh_report'
import type { RunService } from '#services/run_service'
import type { TokenRefreshService } from '#services/token_refresh_service'
import type { WorkerRegistry } from '#services/worker_registry'
import type { ConnectionStore } from '#token_refresh/connection_store'

export interface SchedulerDependencies {
  providers: ProviderRegistry
  refresh: Pick<TokenRefreshService, 'refreshDue'>
  store: Pick<ConnectionStore, 'markLapsed'>
  workers: Pick<WorkerRegistry, 'tick' | 'register'>
  installation: Pick<Installation, 'seen'>
  runs: Pick<RunService, 'run'>
  logger: RefreshLogger
  settings: {
    /** Milliseconds between looks at what is due: whole seconds, at most a minute. */
    sweepInterval: number
    /** Cron expressions that replace a provider's own cycle, by provider id. */
    cycles: Record<string, string[]>
  }
  concurrency: number
}

const HOUSEKEEPING = '*/10 * * * * *'

/**
 * Which job when: the sweep over what is due, the providers' own cycles, and the housekeeping that keeps figures honest.
 * It is the only reader of the schedule configuration. A scheduled run is unique by job and minute in the database, so
 * that many processes may tick and each run happens once.
 */
export class TokenRefreshScheduler {
  constructor(private readonly deps: SchedulerDependencies) {}

  /** Enters the jobs into the scheduler; nothing runs before that one is started. */
  register(scheduler: Scheduler): void {
    const seconds = this.#sweepSeconds()
    scheduler.call(() => this.sweep()).cron(seconds === 60 ? '0 * * * * *' : `*/${seconds} * * * * *`)
    scheduler.call(() => this.#guarded('housekeeping', () => this.housekeep())).cron(HOUSEKEEPING)
    for (const [provider, expressions] of this.#cycles()) {
      for (const expression of expressions) {
        scheduler
          .call(() => this.#guarded('cycle', () => this.cycle(provider)))
          .cron(expression)
          .timezone('UTC')
      }
    }
  }

  /** One look at what is due. Ticks during a sweep only tell it to look again. */
  async sweep(): Promise<void> {
    await this.#guarded('sweep', async () => {
      await this.deps.workers.tick(this.#sweepSeconds() * 1000)
      const { refreshed, failed } = await this.deps.refresh.refreshDue({ kind: 'scheduled' })
      if (refreshed + failed === 0) return
      this.deps.logger.info({ refreshed, failed }, `[Scheduled] ${refreshed} refreshed, ${failed} failed`)
    })
  }

  /** Marks lapsed tokens, frees what dead processes of this host hold, and bears witness to the database. */
  async housekeep(): Promise<void> {
    const lapsed = await this.deps.store.markLapsed()
    if (lapsed > 0)
      this.deps.logger.warn({ lapsed }, `${lapsed} tokens lapsed while their refresh was held up`)
    await this.deps.workers.register()
    await this.deps.installation.seen()
  }

  /** A provider's own cycle: everything of it that is expiring, in each organization, as a run. */
  async cycle(provider: string, minute: DateTime = DateTime.utc().startOf('minute')): Promise<void> {
    for (const organization of await Organization.query().select('id')) {
      await this.deps.runs.run({
        job: `${provider}-cycle`,
        kind: 'scheduled',
        trigger: 'schedule',
        selection: { organizationId: organization.id, provider },
        concurrency: this.deps.concurrency,
        scheduledFor: minute,
      })
    }
  }

  #sweepSeconds(): number {
    return Math.min(60, Math.max(1, Math.round(this.deps.settings.sweepInterval / 1000)))
  }

  #cycles(): [string, readonly string[]][] {
    return this.deps.providers
      .all()
      .map(({ id, schedule }): [string, readonly string[]] => [id, this.deps.settings.cycles[id] ?? schedule])
      .filter(([, expressions]) => expressions.length > 0)
  }

  /** A job that fails is told and tried at its next time; it never takes the scheduler down. */
  async #guarded(job: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.deps.logger.error({ err: error, job }, `[Scheduler] ${job} failed`)
    }
  }
}
