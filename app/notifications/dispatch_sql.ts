import type { StoreDriver } from '#store/driver'

type Dialect = StoreDriver['dialect']

/** The statements that turn events into matters and messages. `?` is a value, `?t` an instant; a list is a JSON text. */

/** The ids of a list. */
export const ids = (dialect: Dialect) =>
  dialect === 'sqlite'
    ? '(SELECT value FROM json_each(?))'
    : '(SELECT CAST(value AS uuid) FROM jsonb_array_elements_text(CAST(? AS jsonb)) AS value)'

/** A delivery that nobody has tried to send: it may still change. */
export const WAITS = `(d.state = 'waiting' AND d.attempts = 0 AND d.message IS NULL AND d.lease_until IS NULL)`

/** Organizations in which events wait. A copy of a database tells nobody of anything. */
export const WAITING_ORGANIZATIONS = `SELECT DISTINCT organization_id FROM events WHERE dispatched_at IS NULL
  AND NOT EXISTS (SELECT id FROM installation WHERE quarantined_at IS NOT NULL) ORDER BY organization_id`

/** One process at a time dispatches for an organization; another finds no row. Values: organization. */
export const holdOrganization = (dialect: Dialect) =>
  `SELECT id FROM organizations WHERE id = ? ${dialect === 'postgres' ? 'FOR NO KEY UPDATE SKIP LOCKED' : ''}`

/** Values: organization, how many. */
export const WAITING_EVENTS = `SELECT e.*, c.tags, c.alerts_muted FROM events AS e
  LEFT JOIN connections AS c ON c.id = e.connection_id
  WHERE e.organization_id = ? AND e.dispatched_at IS NULL
    AND NOT EXISTS (SELECT id FROM installation WHERE quarantined_at IS NOT NULL)
  ORDER BY e.created_at, e.id LIMIT ?`

/** Values: now, list of events. */
export const markDispatched = (dialect: Dialect) =>
  `UPDATE events SET dispatched_at = ?t WHERE id IN ${ids(dialect)}`

/** Values: organization, list of pairs of recipient and key. */
export const openMatters = (dialect: Dialect) => `SELECT * FROM notifications
  WHERE organization_id = ? AND is_open AND (recipient, matter_key) IN (${rows(dialect, ['text', 'text'])})`

/** The messages about some matters; they stay as they are until the transaction ends. Values: list of matters. */
export const holdItems = (dialect: Dialect) =>
  `SELECT i.notification_id, i.target, d.id, d.channel, d.due_at, ${WAITS} AS waits
   FROM delivery_items AS i JOIN deliveries AS d ON d.id = i.delivery_id
   WHERE i.notification_id IN ${ids(dialect)} ORDER BY d.id ${dialect === 'postgres' ? 'FOR UPDATE OF d' : ''}`

/** Accounts that some matters have already. Values: list of matters, list of connections. */
export const knownAccounts = (dialect: Dialect) => `SELECT DISTINCT notification_id, connection_id
  FROM notification_events WHERE notification_id IN ${ids(dialect)} AND connection_id IN ${ids(dialect)}`

/** Values: matter. */
export const CLOSE_MATTER = 'UPDATE notifications SET is_open = FALSE WHERE id = ?'

/** Values: organization, recipient, key. */
export const CLOSE_BY_KEY = `UPDATE notifications SET is_open = FALSE
  WHERE organization_id = ? AND recipient = ? AND matter_key = ? AND is_open`

/** Values: id, organization, recipient, user, channel, key, event, provider, cause, severity, data, count, inbox, end, now, now. */
export const OPEN_MATTER = `INSERT INTO notifications (id, organization_id, recipient, user_id, channel_id, matter_key,
    event, provider, cause, severity, data, count, in_inbox, closes_at, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?t, ?t, ?t)`

/** Values: count, severity, inbox, now, matter. */
export const joinMatter = ({ becomesUnread }: { becomesUnread: boolean }) =>
  `UPDATE notifications SET count = ?, severity = ?, in_inbox = ?, updated_at = ?t
     ${becomesUnread ? ', read_at = NULL' : ''} WHERE id = ?`

/** Values: list of triples of matter, event and connection. */
export const insertMatterEvents = (dialect: Dialect) =>
  `INSERT INTO notification_events (notification_id, event_id, connection_id)
   ${rows(dialect, ['uuid', 'uuid', 'uuid'])} WHERE TRUE ON CONFLICT (notification_id, event_id) DO NOTHING`

/** Digests that still wait. Values: organization, list of targets. */
export const holdDigests = (dialect: Dialect) => `SELECT d.id, d.target, d.due_at FROM deliveries AS d
  WHERE d.organization_id = ? AND d.is_digest AND ${WAITS} AND d.target IN (${rows(dialect, ['text'])})
  ORDER BY d.id ${dialect === 'postgres' ? 'FOR UPDATE' : ''}`

/** Values: id, organization, channel, target, channel id, user, digest, due, now, now. */
export const INSERT_DELIVERY = `INSERT INTO deliveries
    (id, organization_id, channel, target, channel_id, user_id, is_digest, due_at, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?t, ?t, ?t)`

/** Values: matter, delivery, target. */
export const INSERT_ITEM = `INSERT INTO delivery_items (notification_id, delivery_id, target) VALUES (?, ?, ?)
  ON CONFLICT (notification_id, target) DO NOTHING`

/** Values: due, now, delivery. */
export const HASTEN = 'UPDATE deliveries SET due_at = ?t, updated_at = ?t WHERE id = ?'

/** A list of rows as a query. */
export function rows(dialect: Dialect, types: readonly ('text' | 'uuid')[]): string {
  const columns = types.map((type, index) =>
    dialect === 'sqlite'
      ? `json_extract(value, '$[${index}]')`
      : `CAST(value ->> ${index} AS ${type === 'uuid' ? 'uuid' : 'text'})`
  )
  const from = dialect === 'sqlite' ? 'json_each(?)' : 'jsonb_array_elements(CAST(? AS jsonb)) AS value'
  return `SELECT ${columns.join(', ')} FROM ${from}`
}
