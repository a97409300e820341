import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { toInstant } from '#models/columns'
import { uuid } from '#models/uuid'
import type { AccountKey, StoredConnection } from '#services/grant_store'
import type { OutboxEvent } from '#token_refresh/outbox'
import { isToldTrouble } from '#token_refresh/transition_events'

/** A grant that was stored into a connection. */
export interface StoredGrant {
  key: AccountKey
  connectionId: string
  /** Null where the account was not connected before. */
  before: StoredConnection | null
  /** A file brings thousands at once and is no news to whoever reads it in; a consent is. */
  isConsent: boolean
}

/**
 * What people hear of a new grant: that an account was connected, and that a trouble they were told of is over. A
 * disconnected account was in none. Each grant tells it once. Pure.
 */
export function grantEvents({ key, connectionId, before, isConsent }: StoredGrant): OutboxEvent[] {
  const { organizationId, provider } = key
  const mark = `${connectionId}:${(before?.grantGeneration ?? 0) + 1}`
  const event = (name: string, cause: string | null): OutboxEvent => ({
    ...{ organizationId, connectionId, provider, name, severity: 'normal' },
    data: { cause, reconnected: before !== null },
    key: `${name}:${mark}`,
  })
  const events = isConsent ? [event('connection.connected', null)] : []
  if (before && before.status !== 'disconnected' && isToldTrouble(before)) {
    events.push(event('connection.recovered', before.statusReason))
  }
  return events
}

/** Puts events into the outbox, within the transaction of what they tell of. */
export async function writeEvents(
  trx: TransactionClientContract,
  events: readonly OutboxEvent[],
  now: number
): Promise<void> {
  if (events.length === 0) return
  const rows = events.map(({ organizationId, connectionId, provider, name, severity, data, key }) => ({
    id: uuid(now),
    organization_id: organizationId,
    connection_id: connectionId,
    ...{ provider, name, severity, data: JSON.stringify(data), dedupe_key: key },
    created_at: toInstant(now),
  }))
  await trx.table('events').multiInsert(rows)
}
