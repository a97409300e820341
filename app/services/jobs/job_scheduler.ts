import Organization from '#models/organization'
import type { Clock } from '#oauth/types'
import { readJobStates } from '#services/jobs/job_states'
import type { JobService } from '#services/jobs/job_service'
import { isRunnable, type JobTable } from '#services/jobs/job_table'
import type { RunnableJob } from '#services/jobs/job_types'
import { LatestTimes, owedTime, type Standing } from '#services/jobs/owed_time'
import type { ProviderCatalogue } from '#services/provider_catalogue'
import type { RefreshReport } from '#services/refresh_report'

export interface JobSchedulerDependencies {
  table: JobTable
  jobs: Pick<JobService, 'start' | 'takeUp'>
  catalogue: Pick<ProviderCatalogue, 'reloadIfChanged'>
  report: Pick<RefreshReport, 'trouble'>
  clock: Clock
}

/**
 * Begins runs when their time has come. Each tick asks for every job and organization which time of its schedule is
 * owed; a run on time, one that was missed while nobody ran, and one that had to wait for its predecessor are the same.
 * Any number of processes may tick: the database lets each time be run once.
 */
export class JobScheduler {
  readonly #latest = new LatestTimes()
  /** Times that are known to be begun, here or elsewhere; only saves questions to the database. */
  readonly #begun = new Map<string, number>()
  #ticking: Promise<void> | null = null

  constructor(private readonly deps: JobSchedulerDependencies) {}

  /** Begins what is owed and goes on with what a stopped process gave back; does not wait for the runs. */
  tick(): Promise<void> {
    this.#ticking ??= this.#tick().finally(() => {
      this.#ticking = null
    })
    return this.#ticking
  }

  async #tick(): Promise<void> {
    await this.deps.jobs.takeUp()
    await this.deps.catalogue.reloadIfChanged()
    const now = this.deps.clock.now()
    for (const { id, createdAt } of await Organization.query().select('id', 'created_at')) {
      const states = await readJobStates(id)
      for (const job of this.deps.table.of(id).filter(isRunnable)) {
        const state = states.get(job.name)
        const pausedAt = state?.pausedAt?.toMillis() ?? null
        const resumedAt = state?.resumedAt?.toMillis() ?? null
        await this.#look(id, job, now, { since: createdAt.toMillis(), pausedAt, resumedAt })
      }
    }
  }

  /** One job that fails to begin does not hold up the others; the next tick tries again. */
  async #look(
    organizationId: string,
    job: RunnableJob,
    now: number,
    known: Omit<Standing, 'begun'>
  ): Promise<void> {
    const key = `${organizationId}/${job.name}`
    const { schedule: expressions, timeZone } = job
    const latest = this.#latest.of(job.name, { expressions, timeZone }, now)
    const owed = owedTime(latest, { ...known, begun: this.#begun.get(key) ?? null })
    if (owed === null) return
    try {
      const scheduled = { organizationId, trigger: 'schedule' as const, scheduledFor: owed }
      const started = await this.deps.jobs.start(job.name, scheduled)
      if (started.ok || started.reason === 'begun_before') this.#begun.set(key, owed)
    } catch (error) {
      this.deps.report.trouble(error)
    }
  }
}
