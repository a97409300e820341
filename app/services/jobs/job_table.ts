import type { Provider } from '#oauth/types'
import type { ProviderRegistry } from '#oauth/registry'
import type { Job, RunnableJob } from '#services/jobs/job_types'
import type { ProviderCatalogue } from '#services/provider_catalogue'

/** The jobs as `config/jobs.ts` has them. */
export interface JobSettings {
  jobs: readonly Job[]
  cycles: {
    /** Cron expressions that replace a provider's own, by provider id. */
    schedules: Readonly<Record<string, readonly string[]>>
    /** For the providers of the installation. Those that organizations add are in UTC. */
    timeZone: string
    concurrency: number
  }
}

/** No job but what providers bring with them; for engines that are built without configuration. */
export const NO_JOBS: JobSettings = { jobs: [], cycles: { schedules: {}, timeZone: 'UTC', concurrency: 5 } }

/** All jobs of an organization: those of the configuration, then the cycles of the providers that it can use. */
export class JobTable {
  constructor(
    private readonly settings: JobSettings,
    private readonly providers: Pick<ProviderRegistry, 'fixed'>,
    private readonly catalogue: Pick<ProviderCatalogue, 'addedBy'>
  ) {}

  of(organizationId: string): Job[] {
    const { schedules, timeZone } = this.settings.cycles
    const fixed = this.providers
      .fixed()
      .map((provider) => this.#cycle(provider, schedules[provider.id] ?? provider.schedule, timeZone))
    const added = this.catalogue
      .addedBy(organizationId)
      .flatMap(({ provider }) => (provider ? [this.#cycle(provider, provider.schedule, 'UTC')] : []))
    const cycles = [...fixed, ...added].filter(({ schedule }) => schedule.length > 0)
    const [runs, ticks] = [this.settings.jobs.filter(isRunnable), this.settings.jobs.filter(isTick)]
    return [...runs, ...cycles, ...ticks]
  }

  find(organizationId: string, name: string): Job | null {
    return this.of(organizationId).find((job) => job.name === name) ?? null
  }

  #cycle({ id, name }: Provider, schedule: readonly string[], timeZone: string): Job {
    return {
      name: `${id}-cycle`,
      title: `${name} cycle`,
      description: `Refreshes the ${name} tokens that are within their margin.`,
      schedule,
      timeZone,
      work: { type: 'cycle', provider: id, concurrency: this.settings.cycles.concurrency },
    }
  }
}

export function isRunnable(job: Job): job is RunnableJob {
  return job.work.type !== 'tick'
}

function isTick(job: Job): boolean {
  return !isRunnable(job)
}
