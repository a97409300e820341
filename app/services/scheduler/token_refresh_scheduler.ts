import type { Scheduler } from 'adonisjs-scheduler'
import type { Notifications } from '#notifications/build_notifications'
import type { Clock } from '#oauth/types'
import type { CampaignSessions } from '#services/campaigns/campaign_sessions'
import type { ChildrenService } from '#services/children_service'
import type { DeadlineWarnings } from '#services/deadline_warnings'
import type { Revocations } from '#services/disconnect/revocations'
import type { Alerts } from '#services/figures/alerts'
import type { Figures } from '#services/figures/figures'
import type { Installation } from '#services/installation'
import { failAbandonedRuns } from '#services/jobs/abandoned_runs'
import type { JobScheduler } from '#services/jobs/job_scheduler'
import type { ProviderCatalogue } from '#services/provider_catalogue'
import type { RefreshLogger } from '#services/refresh_report'
import type { TokenRefreshService } from '#services/token_refresh_service'
import type { DueValidations } from '#services/verification/due_validations'
import type { WorkerRegistry } from '#services/worker_registry'
import type { ConnectionStore } from '#token_refresh/connection_store'

export interface SchedulerDependencies {
  catalogue: Pick<ProviderCatalogue, 'reloadIfChanged'>
  refresh: Pick<TokenRefreshService, 'refreshDue'>
  store: Pick<ConnectionStore, 'markLapsed'>
  workers: Pick<WorkerRegistry, 'tick' | 'register' | 'alive'>
  installation: Pick<Installation, 'seen'>
  jobScheduler: Pick<JobScheduler, 'tick'>
  children: Pick<ChildrenService, 'takeUp'>
  deadlines: Pick<DeadlineWarnings, 'write'>
  revocations: Pick<Revocations, 'takeUp'>
  dueValidations: Pick<DueValidations, 'look'>
  campaignSessions: Pick<CampaignSessions, 'tend'>
  figures: Pick<Figures, 'rollUp'>
  alerts: Pick<Alerts, 'look'>
  notifications: {
    dispatcher: Pick<Notifications['dispatcher'], 'tick'>
    notifier: Pick<Notifications['notifier'], 'tick'>
    prune: Notifications['prune']
  }
  clock: Pick<Clock, 'now'>
  logger: RefreshLogger
  settings: {
    /** Milliseconds between looks at what is due: whole seconds, at most a minute. */
    sweepInterval: number
  }
}

const HOUSEKEEPING = '*/10 * * * * *'
const EACH_SECOND = '* * * * * *'
const EACH_MINUTE = '0 * * * * *'
const EACH_TEN_MINUTES = '0 */10 * * * *'
const EACH_HOUR = '0 35 * * * *'

/**
 * What a process with a scheduler does by itself: the sweep over what is due, the runs of the table of jobs, and the
 * housekeeping that keeps figures honest. Many processes may tick: claims and unique runs in the database let each thing
 * happen once.
 */
export class TokenRefreshScheduler {
  #sweep: Promise<unknown> | null = null

  constructor(private readonly deps: SchedulerDependencies) {}

  /** Enters the jobs into the scheduler; nothing runs before that one is started. */
  register(scheduler: Scheduler): void {
    const seconds = this.#sweepSeconds()
    scheduler.call(() => this.sweep()).cron(seconds === 60 ? '0 * * * * *' : `*/${seconds} * * * * *`)
    scheduler.call(() => this.#guarded('housekeeping', () => this.housekeep())).cron(HOUSEKEEPING)
    scheduler.call(() => this.takeUpChildren()).cron(HOUSEKEEPING)
    scheduler.call(() => this.takeUpRevocations()).cron(HOUSEKEEPING)
    scheduler.call(() => this.warn()).cron(EACH_TEN_MINUTES)
    scheduler.call(() => this.tendSessions()).cron(EACH_MINUTE)
    scheduler.call(() => this.watchFigures()).cron(EACH_MINUTE)
    scheduler.call(() => this.beginJobs()).cron(EACH_MINUTE)
    scheduler.call(() => this.notify()).cron(EACH_SECOND)
    scheduler.call(() => this.forget()).cron(EACH_HOUR)
    scheduler.call(() => this.#guarded('validation', () => this.validate())).cron(EACH_MINUTE)
  }

  /** One look at what is due. Ticks during a sweep only tell it to look again. */
  async sweep(): Promise<void> {
    await this.#guarded('sweep', async () => {
      await this.deps.workers.tick(this.#sweepSeconds() * 1000)
      await this.deps.catalogue.reloadIfChanged()
      const sweep = this.deps.refresh.refreshDue({ kind: 'scheduled' })
      // A sweep that lasts longer than a tick is told of once.
      if (sweep === this.#sweep) return
      this.#sweep = sweep
      const { refreshed, failed } = await sweep
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
    const abandoned = await failAbandonedRuns(this.deps.workers, this.deps.clock)
    if (abandoned > 0) this.deps.logger.warn({ abandoned }, `${abandoned} runs ended with their process`)
  }

  /** Derives the accounts that are still owed their tokens. Call it at start, too: a process may have died over them. */
  async takeUpChildren(): Promise<void> {
    await this.#guarded('children', async () => void (await this.deps.children.takeUp()))
  }

  /** Asks providers again to end the tokens of disconnected accounts, where they were down before. */
  async takeUpRevocations(): Promise<void> {
    await this.#guarded('revocations', async () => void (await this.deps.revocations.takeUp()))
  }

  /** Writes the warnings of grants that end soon. */
  async warn(): Promise<void> {
    await this.#guarded('deadlines', async () => {
      const warnings = await this.deps.deadlines.write()
      if (warnings > 0) this.deps.logger.info({ warnings }, `${warnings} grants or tokens are expiring soon`)
    })
  }

  /** Tests the tokens in use at providers that demand it, a part each minute, and what waits for a second look. */
  async validate(): Promise<void> {
    const tested = await this.deps.dueValidations.look()
    if (tested > 0) this.deps.logger.info({ tested }, `[Scheduled] ${tested} validated`)
  }

  /** Begins the runs whose time has come, also those that were missed. Call it at start, too. */
  async beginJobs(): Promise<void> {
    await this.#guarded('jobs', () => this.deps.jobScheduler.tick())
  }

  /** Looks after campaign sessions that are live. */
  async tendSessions(): Promise<void> {
    await this.#guarded('sessions', async () => void (await this.deps.campaignSessions.tend()))
  }

  /** Brings the figures up to date and tells where one leaves its limits. */
  async watchFigures(): Promise<void> {
    await this.#guarded('figures', async () => {
      await this.deps.figures.rollUp()
      await this.deps.alerts.look()
    })
  }

  /** Decides who hears of what has happened, and brings them what is due. Slow receivers hold up no later tick. */
  async notify(): Promise<void> {
    await this.#guarded('notifications', async () => {
      await this.deps.notifications.dispatcher.tick()
      await this.deps.notifications.notifier.tick()
    })
  }

  /** Deletes what people were told long ago. */
  async forget(): Promise<void> {
    await this.#guarded('retention', async () => void (await this.deps.notifications.prune()))
  }

  #sweepSeconds(): number {
    return Math.min(60, Math.max(1, Math.round(this.deps.settings.sweepInterval / 1000)))
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
