import { skipped } from '#services/refresh_outcome'
import type { ConnectionStore } from '#token_refresh/connection_store'
import type { Row } from '#store/driver'
import type { Clock, FailureClass } from '#oauth/types'
import type { RefreshOutcome } from '#token_refresh/types'

const FIRST_LOOK = 25
const LAST_LOOK = 200
/** What this host's clock may differ from the database's before a lease that ran out is believed, in milliseconds. */
const CLOCKS_APART = 5_000

/**
 * Waits for the attempt that another caller holds on a connection and returns its outcome. It never claims afterwards:
 * the caller asked for one refresh, and this was it. An attempt that ends without an entry in the refresh log was given
 * up by its process.
 */
export async function waitForAttempt(
  store: Pick<ConnectionStore, 'readLease' | 'readAttempt'>,
  connectionId: string,
  attemptId: string,
  deps: { sleep: (milliseconds: number) => Promise<void>; clock: Clock }
): Promise<RefreshOutcome> {
  for (let wait = FIRST_LOOK; ; wait = Math.min(wait * 2, LAST_LOOK)) {
    const row = await store.readLease(connectionId)
    if (!row) return skipped(connectionId, 'not_found')
    if (row.attempt_id !== attemptId || isForsaken(row, deps.clock.now())) break
    await deps.sleep(wait)
  }
  const attempt = await store.readAttempt(attemptId)
  return attempt ? fromLog(connectionId, attemptId, attempt) : skipped(connectionId, 'abandoned')
}

/** Its process died: the lease was freed, or has long run out and nobody took it over. */
function isForsaken(row: Row, now: number): boolean {
  return row.lease_until === null || Number(row.lease_until) + CLOCKS_APART < now
}

function fromLog(connectionId: string, attemptId: string, row: Row): RefreshOutcome {
  const base = {
    ...skipped(connectionId, 'superseded'),
    attemptId,
    oldExpiresAt: row.old_expires_at === null ? null : Number(row.old_expires_at),
    strike: row.strike as number,
  }
  if (row.outcome === 'superseded') return base
  if (row.outcome === 'success') {
    const newExpiresAt = row.new_expires_at === null ? null : Number(row.new_expires_at)
    if (row.error_code === 'not_extended') return { ...base, reason: 'not_extended', newExpiresAt }
    return { ...base, status: 'refreshed', reason: 'refreshed', newExpiresAt }
  }
  return {
    ...base,
    status: 'failed',
    reason: row.failure_class as FailureClass,
    errorCode: row.error_code as string | null,
  }
}
