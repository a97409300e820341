import type { ProviderRegistry } from '#oauth/registry'
import type { Clock } from '#oauth/types'
import { JobScheduler } from '#services/jobs/job_scheduler'
import { JobService } from '#services/jobs/job_service'
import { JobTable, NO_JOBS, type JobSettings } from '#services/jobs/job_table'
import { JobWorker } from '#services/jobs/job_worker'
import type { ProviderCatalogue } from '#services/provider_catalogue'
import type { RefreshReport } from '#services/refresh_report'
import type { Retention } from '#services/refresh_log/retention'
import type { RunService } from '#services/run_service'
import type { Sleep } from '#services/run_watch'
import type { VerificationRuns } from '#services/verification/verification_runs'
import type { WorkerRegistry } from '#services/worker_registry'

export interface JobParts {
  providers: ProviderRegistry
  catalogue: ProviderCatalogue
  runs: RunService
  retention: Retention
  verificationRuns: VerificationRuns
  workers: WorkerRegistry
  report: RefreshReport
  clock: Clock
  sleep: Sleep
  jobSettings?: JobSettings
  deliver?: () => Promise<number>
}

/** The doors of jobs: for people and callers, and for the scheduler. */
export interface JobDoors {
  jobs: JobService
  jobScheduler: JobScheduler
}

/** Puts the jobs together. Nothing runs yet. */
export function buildJobs(parts: JobParts): JobDoors {
  const { providers, catalogue, workers, report, clock, sleep, jobSettings = NO_JOBS } = parts
  const table = new JobTable(jobSettings, providers, catalogue)
  const beat = () => workers.register()
  const { deliver = async () => 0 } = parts
  const worker = new JobWorker({ ...parts, deliver })
  const jobs = new JobService({ table, worker, workerId: workers.id, beat, report, clock, sleep })
  return { jobs, jobScheduler: new JobScheduler({ table, jobs, catalogue, report, clock }) }
}
