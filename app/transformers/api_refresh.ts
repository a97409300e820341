import type { RefreshOutcome } from '#token_refresh/types'
import { about, oneOf, orNull, schemaOf, time, uuid, words } from '#transformers/api_schema'

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

export const refreshSchema = schemaOf<ReturnType<typeof apiRefresh>>({
  connection_id: uuid,
  status: oneOf(['refreshed', 'failed', 'skipped', 'deferred']),
  reason: about('`refreshed`, the class of the failure, or why nothing was done.', words),
  error_code: orNull(words),
  old_expires_at: orNull(time),
  new_expires_at: orNull(time),
  retry_at: about('When the next try makes sense.', orNull(time)),
})
