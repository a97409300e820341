import type { JobResult, RefreshJobResult } from '#services/jobs/job_types'
import type { RunResultLine } from '#services/run_result_list'
import type { RunReport } from '#services/run_service'

/**
 * The JSON of X1 and X2 but for the single accounts, which stand in the results of the run. `complete` is false for a
 * run that was ended early.
 */
export function refreshSummary(
  { refreshed, failed, skipped }: Pick<RunReport, 'refreshed' | 'failed' | 'skipped'>,
  complete: boolean
): Omit<RefreshJobResult, 'results'> {
  return { success: complete, message: message(refreshed, failed), refreshed, failed, skipped }
}

function message(refreshed: number, failed: number): string {
  if (refreshed + failed === 0) return 'No tokens require refreshing'
  return `Refreshed ${refreshed} tokens`
}

/** One account in the JSON of X1 and X2. */
export function toAccount({
  connectionId,
  username,
  status,
}: Pick<RunResultLine, 'connectionId' | 'username' | 'status'>): RefreshJobResult['results'][number] {
  const word = status === 'refreshed' ? 'success' : status === 'failed' ? 'failed' : 'skipped'
  return { account_id: connectionId, username, status: word }
}

/** What a run came to, for a log line. */
export function jobSentence(result: JobResult): string {
  if ('success' in result) return `${result.refreshed} refreshed, ${result.failed} failed`
  if (!('stats' in result)) return countsInWords({ ...result })
  const { valid, expired_refreshed: refreshed, invalid, suspended, untested } = result.stats
  return `${valid} valid, ${refreshed} refreshed, ${invalid} invalid, ${suspended} suspended, ${untested} untested`
}

/** Figures as people read them: "3 attempts, 0 runs". */
export function countsInWords(counts: Readonly<Record<string, number>>): string {
  const words = Object.entries(counts).map(([name, count]) => `${count} ${name.replaceAll('_', ' ')}`)
  return words.join(', ')
}
