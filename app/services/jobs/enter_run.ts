import { DateTime } from 'luxon'
import Run from '#models/run'
import { toInstant } from '#models/columns'
import type { JobRequest, RunnableJob } from '#services/jobs/job_types'
import { kindOf, selectionOf } from '#services/jobs/job_worker'
import { RunRecord } from '#services/run_record'

/** Held by the run of a job that is under way: there is one at a time in an organization. */
export function runningKey(organizationId: string, job: string): string {
  return `${organizationId}/${job}`
}

/** Enters a run of the job that begins now in this process; null where another run is in its way. */
export function enterRun(
  job: RunnableJob,
  { organizationId, trigger, actor, scheduledFor }: JobRequest,
  workerId: string
): Promise<RunRecord | null> {
  return RunRecord.begin({
    ...{ organizationId, job: job.name, trigger, actor, workerId },
    kind: kindOf(job, trigger),
    selection: selectionOf(job),
    scheduledFor: scheduledFor === undefined ? undefined : DateTime.fromMillis(scheduledFor, { zone: 'utc' }),
    runningKey: runningKey(organizationId, job.name),
  })
}

/** The run of the same time of the schedule, and the one that is under way; null where there is none. */
export async function runsInTheWay(
  { name }: RunnableJob,
  { organizationId, scheduledFor }: JobRequest
): Promise<{ same: Run | null; other: Run | null }> {
  const runs = () => Run.query().where('organization_id', organizationId).where('job', name)
  const isSame =
    scheduledFor !== undefined && runs().where('scheduled_for', toInstant(scheduledFor) as number)
  const same = isSame ? await isSame.first() : null
  return { same, other: await runs().where('running_key', runningKey(organizationId, name)).first() }
}
