import type { JobResult, RefreshJobResult } from '#services/jobs/job_types'
import type { RunReport, RunResult } from '#services/run_service'

const STATUS = {
  refreshed: 'success',
  would_refresh: 'skipped',
  failed: 'failed',
  skipped: 'skipped',
} as const

/** The JSON of X1 and X2. `complete` is false for a run that was ended early. */
export function refreshResult(report: RunReport, complete: boolean): RefreshJobResult {
  const { refreshed, failed, skipped } = report
  return {
    success: complete,
    message: message(refreshed, failed),
    ...{ refreshed, failed, skipped },
    results: report.results.map(toAccount),
  }
}

function message(refreshed: number, failed: number): string {
  if (refreshed + failed === 0) return 'No tokens require refreshing'
  return `Refreshed ${refreshed} tokens`
}

function toAccount({ connection_id: id, username, status }: RunResult): RefreshJobResult['results'][number] {
  return { account_id: id, username, status: STATUS[status] }
}

/** What is kept with the run: everything but the single accounts, which stand in the refresh log. */
export function kept(result: RefreshJobResult): Record<string, unknown> {
  const { success, message: text, refreshed, failed, skipped } = result
  return { success, message: text, refreshed, failed, skipped }
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
