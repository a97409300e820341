import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import type Run from '#models/run'
import type { Begun } from '#services/background_runs'
import { refreshSelected } from '#services/bulk_refresh'
import { inGroup } from '#services/run_results'

/** So many accounts are tried again at a time. */
export const MOST_RETRIED = 1_000

/** The accounts of a run that failed, in the order of its page; `MOST_RETRIED` at most. */
export async function failedIn(run: Run): Promise<string[]> {
  const failed = inGroup(db.from('run_results').where('run_id', run.id), 'status', 'failed')
  const rows: { connection_id: string }[] = await failed
    .orderBy('provider')
    .orderBy('connection_id')
    .limit(MOST_RETRIED)
    .select('connection_id')
  return rows.map(({ connection_id: id }) => id)
}

/** Whether what failed in this run can be tried again as a refresh: a rehearsal and changes of other kinds cannot. */
export function isRetryable({ kind, job }: Pick<Run, 'kind' | 'job'>): boolean {
  const isRefresh = !job.includes(':') || job === 'token:refresh' || job === 'token:verify'
  return isRefresh && kind !== 'test'
}

/**
 * Refreshes exactly what failed in a run, due or not, as a new run that goes on after this answers with its id. Those
 * that were given up are tried, too; paused ones never. Null while the process is ending, and where nothing failed.
 */
export async function retryFailed(run: Run, organizationId: string, actor: string): Promise<Begun> {
  const ids = await failedIn(run)
  if (ids.length === 0 || !isRetryable(run)) return null
  const selection = { organizationId, ids, force: true }
  await (await app.container.make('engine')).catalogue.reloadIfChanged()
  return refreshSelected({ selection, trigger: 'ui', actor, key: JSON.stringify(['retry', run.id]) })
}
