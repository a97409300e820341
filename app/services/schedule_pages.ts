import Run from '#models/run'
import Worker from '#models/worker'

export const STRIP_LENGTH = 30

/** The newest runs of a job, newest first; as many as the strip of the schedule shows. */
export function latestRuns(organizationId: string, job: string): Promise<Run[]> {
  return Run.query()
    .where('organization_id', organizationId)
    .where('job', job)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(STRIP_LENGTH)
}

/** The processes that share this database, those whose scheduler ticked last first. */
export function listWorkers(): Promise<Worker[]> {
  return Worker.query().orderBy('started_at').orderBy('id')
}
