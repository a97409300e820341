import type RefreshAttempt from '#models/refresh_attempt'
import type { CallRecord, KeptHeaders } from '#oauth/types'
import { attemptRow } from '#transformers/attempt_row'

/** A header as a page shows it; a value that was not safe to keep is null. */
export interface HeaderLine {
  name: string
  value: string | null
}

/** One request to the provider. What is not known of it is null: older entries of the log tell less. */
export interface CallRow {
  id: string
  attempt: ReturnType<typeof attemptRow>
  request: string | null
  /** The status of the answer, or why there was none. */
  status: string | null
  isSent: boolean
  ms: number
  requestId: string | null
  headers: { request: HeaderLine[]; response: HeaderLine[] } | null
}

/**
 * The requests of an attempt, or what can be said of one of which none were kept; `host` is where they go as far as the
 * provider's definition tells. Headers are the provider's own words: for people who may act.
 */
export function callRows(attempt: RefreshAttempt, host: string | null, mayAct: boolean): CallRow[] {
  const row = attemptRow(attempt)
  const calls = attempt.details?.calls ?? []
  if (calls.length > 0) return calls.map((call, index) => kept(row, call, index, mayAct))
  const status = row.httpStatus ?? (row.outcome === 'success' ? '2xx' : null)
  return [
    {
      ...{ id: row.id, attempt: row, request: host && `POST ${host}`, isSent: row.kind !== 'test' },
      ...{ status: status === null ? null : String(status), ms: row.durationMs, requestId: null },
      headers: null,
    },
  ]
}

function kept(attempt: CallRow['attempt'], call: CallRecord, index: number, mayAct: boolean): CallRow {
  const { method, host, status, code, sent, ms, request_id: requestId } = call
  const headers = { request: linesOf(call.request), response: linesOf(call.response) }
  return {
    ...{ id: `${attempt.id}-${index}`, attempt, request: `${method} ${host}`, isSent: sent, ms, requestId },
    status: status === null ? code : String(status),
    headers: mayAct ? headers : null,
  }
}

const linesOf = (headers: KeptHeaders): HeaderLine[] =>
  Object.entries(headers).map(([name, value]) => ({ name, value }))
