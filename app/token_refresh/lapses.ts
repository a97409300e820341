import { all, now, runAll, type Row, type Work } from '#store/driver'
import { tell, type OutboxEvent } from '#token_refresh/outbox'
import { transitionEvent } from '#token_refresh/transition_events'
import type { Claim } from '#token_refresh/types'

/** An attempt that is under way tells by itself how it ends. Values: now, now, now, now. */
const MARK_LAPSED = `UPDATE connections SET status = 'token_expired', updated_at = ?t
  WHERE id IN (SELECT id FROM connections
    WHERE is_active AND paused_at IS NULL AND next_refresh_at <= ?t AND status = 'connected' AND token_expires_at <= ?t
      AND (lease_until IS NULL OR lease_until <= ?t)
    LIMIT 500)
  RETURNING id, organization_id, provider, status_reason, token_expires_at, token_version, grant_generation`

/** A token lapses once, whoever sees it first. */
export function lapseMark(token: Pick<Claim, 'connectionId' | 'grantGeneration' | 'tokenVersion'>): string {
  return `lapsed:${token.connectionId}:${token.grantGeneration}:${token.tokenVersion}`
}

/** Marks tokens that lapsed while they waited for their refresh, and tells of each; at most 500, returns how many. */
export function* markLapsed(): Work<number> {
  const at = yield* now()
  const rows = yield* all(MARK_LAPSED, [at, at, at, at])
  const events = rows.map(lapse).filter((event) => event !== null)
  yield* runAll(events.map((event) => tell(event, at)))
  return rows.length
}

function lapse(row: Row): OutboxEvent | null {
  const connectionId = row.id as string
  const grantGeneration = row.grant_generation as number
  const tokenVersion = row.token_version as number
  return transitionEvent('lapsed', {
    organizationId: row.organization_id as string,
    connectionId,
    provider: row.provider as string,
    mark: lapseMark({ connectionId, grantGeneration, tokenVersion }),
    cause: 'lapsed',
    wasTold: false,
    about: { expiresAt: Number(row.token_expires_at), failure: row.status_reason },
  })
}
