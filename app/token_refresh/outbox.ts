import type { Change } from '#store/driver'
import { timeOrdered } from '#store/time_ordered'

/** Something that people or machines may want to hear of, as it waits in the table `events`. */
export interface OutboxEvent {
  organizationId: string
  /** Null where it is about a whole provider. */
  connectionId: string | null
  provider: string
  name: string
  severity: 'normal' | 'high' | 'urgent'
  /** What a message needs. The provider's own words stand in `description` and are for staff only. */
  data: Readonly<Record<string, unknown>>
  /** Two events with the same key are one. */
  key: string
}

/** Values: id, organization, connection, provider, name, severity, data, key, now. */
const TELL = `INSERT INTO events
    (id, organization_id, connection_id, provider, name, severity, data, dedupe_key, created_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?t)
  ON CONFLICT (dedupe_key) DO NOTHING`

/**
 * The statement that puts an event into the outbox. It belongs into the transaction of the change that it tells of: then
 * there is neither a change without its event nor an event without its change, whenever a process dies. Ids sort by `at`,
 * the database's time.
 */
export function tell(event: OutboxEvent, at: number): Change {
  const { organizationId, connectionId, provider, name, severity, data, key } = event
  const about = [name, severity, JSON.stringify(data), key]
  return { sql: TELL, values: [timeOrdered(at), organizationId, connectionId, provider, ...about, at] }
}
