import type { LogEntry } from '#services/refresh_log/refresh_log'
import { about, count, oneOf, orNull, schemaOf, time, uuid, words } from '#transformers/api_schema'
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
    old_expires_at: iso(entry.oldExpiresAt),
    new_expires_at: iso(entry.newExpiresAt),
  }
}

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
  old_expires_at: orNull(time),
  new_expires_at: orNull(time),
})
