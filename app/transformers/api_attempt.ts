import type { CallRecord } from '#oauth/types'
import type { LogEntry } from '#services/refresh_log/refresh_log'
import { about, count, listOf, oneOf, orNull, schemaOf, time, uuid, words } from '#transformers/api_schema'
import { OUTCOMES } from '#services/run_pages'
import { REFRESH_KINDS } from '#token_refresh/types'

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())

/** An entry of the refresh log as the API tells it: the class and the code of a failure, never the provider's own words. */
export function apiAttempt(entry: LogEntry) {
  return {
    id: entry.id,
    at: iso(entry.at),
    connection_id: entry.connectionId,
    run_id: entry.runId,
    provider: entry.provider,
    kind: entry.kind,
    outcome: entry.outcome,
    reason: entry.reason,
    error_code: entry.code,
    http_status: entry.httpStatus,
    strike: entry.strike,
    transition: entry.transition,
    duration_ms: entry.durationMs,
    calls: entry.calls.map(apiCall),
    trace_id: entry.traceId,
    old_expires_at: iso(entry.oldExpiresAt),
    new_expires_at: iso(entry.newExpiresAt),
  }
}

/** Without headers, which are the provider's own words. */
function apiCall({ method, host, status, code, ms, request_id: id }: CallRecord) {
  return { method, host, status, code, duration_ms: ms, request_id: id }
}

const callSchema = schemaOf<ReturnType<typeof apiCall>>({
  method: oneOf(['GET', 'POST', 'DELETE']),
  host: words,
  status: about('The HTTP status; null where no answer came.', orNull(count)),
  code: about('Why no answer came.', orNull(words)),
  duration_ms: count,
  request_id: about('The id under which the provider has the request in its own log.', orNull(words)),
})

export const attemptSchema = schemaOf<ReturnType<typeof apiAttempt>>({
  id: uuid,
  at: time,
  connection_id: uuid,
  run_id: orNull(uuid),
  provider: words,
  kind: oneOf(REFRESH_KINDS),
  outcome: oneOf(OUTCOMES),
  reason: about('The class of the failure.', orNull(words)),
  error_code: about('The provider’s own code, or `not_extended`.', orNull(words)),
  http_status: orNull(count),
  strike: about('Which failure in a row this was; 0 where it does not count against the grant.', count),
  transition: about('What it changed about the connection.', orNull(words)),
  duration_ms: count,
  calls: about('Its requests to the provider, without their headers.', listOf(callSchema)),
  trace_id: about('The trace (W3C Trace Context) that tells of it; null where nobody traced.', orNull(words)),
  old_expires_at: orNull(time),
  new_expires_at: orNull(time),
})
