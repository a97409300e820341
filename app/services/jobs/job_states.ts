import JobState from '#models/job_state'
import { toInstant } from '#models/columns'
import db from '@adonisjs/lucid/services/db'

/** What people decided about the jobs of one organization, by name. */
export async function readJobStates(organizationId: string): Promise<Map<string, JobState>> {
  const states = await JobState.query().where('organization_id', organizationId)
  return new Map(states.map((state) => [state.name, state]))
}

/** From now on the schedule leaves this job alone. A job that is paused already keeps its day and person. */
export async function pauseJob(organizationId: string, name: string, by: string, now: number): Promise<void> {
  const values = { paused_at: toInstant(now), paused_by: by.slice(0, 255), resumed_at: null }
  const paused = { organization_id: organizationId, name, ...values }
  await db.table('job_states').insert(paused).knexQuery.onConflict(['organization_id', 'name']).ignore()
  await db
    .from('job_states')
    .where({ organization_id: organizationId, name })
    .whereNull('paused_at')
    .update(values)
}

/** The schedule counts again from now on: what fell into the pause stays undone. */
export async function resumeJob(organizationId: string, name: string, now: number): Promise<void> {
  const values = { paused_at: null, paused_by: null, resumed_at: toInstant(now) }
  const paused = db.from('job_states').where({ organization_id: organizationId, name })
  await paused.whereNotNull('paused_at').update(values)
}
