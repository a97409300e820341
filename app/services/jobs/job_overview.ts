import Run from '#models/run'
import { nextTime } from '#services/jobs/cron_times'
import { readJobStates } from '#services/jobs/job_states'
import { isRunnable } from '#services/jobs/job_table'
import type { Job, JobSummary } from '#services/jobs/job_types'

/** All jobs of an organization as a person sees them, in the order of the table. */
export async function jobOverview(
  organizationId: string,
  jobs: readonly Job[],
  now: number
): Promise<JobSummary[]> {
  const states = await readJobStates(organizationId)
  return Promise.all(
    jobs.map(async (job) => {
      const pausedAt = states.get(job.name)?.pausedAt?.toMillis() ?? null
      const lastRun = isRunnable(job) ? await newestRun(organizationId, job.name) : null
      const isOpen = lastRun?.state === 'running' || lastRun?.state === 'queued'
      return {
        ...heading(job),
        pausedAt,
        pausedBy: states.get(job.name)?.pausedBy ?? null,
        nextAt: pausedAt === null ? whenNext(job, now) : null,
        lastRun,
        runningId: isOpen ? lastRun.id : null,
      }
    })
  )
}

function heading(job: Job) {
  const { name, title, description, schedule, timeZone, work } = job
  const controllable = isRunnable(job)
  const kind: JobSummary['kind'] = controllable ? 'run' : 'tick'
  const every = work.type === 'tick' ? work.every : null
  const provider = work.type === 'cycle' ? work.provider : null
  return { name, title, description, provider, kind, controllable, schedule, timeZone, every }
}

function whenNext({ schedule, timeZone }: Job, now: number): number | null {
  return nextTime({ expressions: schedule, timeZone }, now)
}

function newestRun(organizationId: string, job: string): Promise<Run | null> {
  const runs = Run.query().where('organization_id', organizationId).where('job', job)
  return runs.orderBy('created_at', 'desc').orderBy('id', 'desc').first()
}
