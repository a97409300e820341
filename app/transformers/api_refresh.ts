import type { RefreshOutcome } from '#token_refresh/types'

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())

/** What came of the refresh of one connection, in the words of the refresh log. */
export function apiRefresh(outcome: RefreshOutcome, connectionId: string) {
  return {
    connection_id: connectionId,
    status: outcome.status,
    reason: outcome.reason,
    error_code: outcome.errorCode,
    old_expires_at: iso(outcome.oldExpiresAt),
    new_expires_at: iso(outcome.newExpiresAt),
    retry_at: iso(outcome.retryAt),
  }
}
