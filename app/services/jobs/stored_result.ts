import RefreshAttempt from '#models/refresh_attempt'
import type Run from '#models/run'
import type { JobResult, RefreshJobResult } from '#services/jobs/job_types'

/**
 * The job's own JSON of a run that ended in whatever process; null where it left none. The accounts are those of the
 * refresh log, so what was skipped is counted, not listed.
 */
export async function storedResult(run: Run): Promise<JobResult | null> {
  if (run.summary === null) return null
  if (!('message' in run.summary)) return run.summary as unknown as Exclude<JobResult, RefreshJobResult>
  return { ...(run.summary as unknown as Omit<RefreshJobResult, 'results'>), results: await accounts(run.id) }
}

/** How many refreshes of it failed or accounts were found unusable. */
export function findingsOf(result: JobResult | null): number {
  if (result === null) return 0
  if ('stats' in result) return result.stats.invalid + result.stats.suspended
  return 'success' in result ? result.failed : 0
}

/** Each account once, with its last attempt. */
async function accounts(runId: string): Promise<RefreshJobResult['results']> {
  const attempts = await RefreshAttempt.query()
    .where('run_id', runId)
    .orderBy('id')
    .preload('connection', (connection) => connection.select('id', 'username'))
  const last = new Map(attempts.map((attempt) => [attempt.connectionId, attempt]))
  return [...last.values()].map(({ connectionId, outcome, connection }) => ({
    account_id: connectionId,
    username: connection?.username ?? null,
    status: outcome === 'success' ? 'success' : outcome === 'failed' ? 'failed' : 'skipped',
  }))
}
