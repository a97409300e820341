import type Run from '#models/run'
import { toAccount } from '#services/jobs/job_results'
import type { JobResult, RefreshJobResult } from '#services/jobs/job_types'
import { allResults } from '#services/run_result_list'

/**
 * The job's own JSON of a run that ended in whatever process, the same for everybody who asks; null where it left none.
 * The accounts are those of the run's results: as many as are listed there, while they are kept.
 */
export async function storedResult({ id, summary }: Pick<Run, 'id' | 'summary'>): Promise<JobResult | null> {
  if (summary === null) return null
  if (!('message' in summary)) return summary as unknown as Exclude<JobResult, RefreshJobResult>
  const results = (await Array.fromAsync(allResults({ id }))).map(toAccount)
  return { ...(summary as unknown as Omit<RefreshJobResult, 'results'>), results }
}

/** How many refreshes of it failed or accounts were found unusable. */
export function findingsOf(result: JobResult | null): number {
  if (result === null) return 0
  if ('stats' in result) return result.stats.invalid + result.stats.suspended
  return 'success' in result ? result.failed : 0
}
