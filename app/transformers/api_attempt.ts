import type { LogEntry } from '#services/refresh_log/refresh_log'

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
