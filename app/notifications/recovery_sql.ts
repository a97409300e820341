import { TROUBLES } from '#notifications/closers'
import { ids, WAITS } from '#notifications/dispatch_sql'
import type { StoreDriver } from '#store/driver'

type Dialect = StoreDriver['dialect']

/**
 * The statements that end matters. `?` is a value, `?t` an instant; a list is a JSON text.
 *
 * A recovery is recorded as an event of a matter of its own, for the recipient who was told of the trouble. Ids of events
 * sort by time, so that an account has recovered from a trouble if its recovery has the greater id.
 */

const troubles = TROUBLES.map((name) => `'${name}'`).join(', ')

/** `te` of `tn` has recovered. */
const RECOVERED = `EXISTS (SELECT 1 FROM notification_events AS re
    JOIN notifications AS rn ON rn.id = re.notification_id
    WHERE re.connection_id = te.connection_id AND re.event_id > te.event_id
      AND rn.organization_id = tn.organization_id AND rn.recipient = tn.recipient
      AND (rn.event = 'connection.recovered' OR (rn.event = 'connection.connected' AND tn.event = 'connection.expiring')))`

/** What these accounts are in trouble with, and who was told of it. Values: organization, list of connections. */
export const troubledMatters = (dialect: Dialect) =>
  `SELECT DISTINCT tn.id, tn.recipient, tn.severity, tn.event, te.connection_id
   FROM notification_events AS te JOIN notifications AS tn ON tn.id = te.notification_id
   WHERE tn.organization_id = ? AND te.connection_id IN ${ids(dialect)} AND tn.resolved_at IS NULL
     AND tn.event IN (${troubles}) AND NOT ${RECOVERED}`

/** Matters that end as a whole. Values: organization. */
export const WHOLE_MATTERS = `SELECT id, recipient, severity, event, provider, data FROM notifications
  WHERE organization_id = ? AND resolved_at IS NULL
    AND event IN ('provider.paused', 'scheduler.stalled', 'figures.alert')`

/**
 * Ends the matters whose accounts have all recovered; what comes next is told anew. Accounts recover in about the order
 * in which they failed, so the youngest are looked at first. Values: now, list of matters.
 */
export const resolveRecovered = (dialect: Dialect) =>
  `UPDATE notifications AS tn SET resolved_at = ?t, is_open = FALSE
   WHERE id IN ${ids(dialect)} AND resolved_at IS NULL AND (
     SELECT 1 FROM notification_events AS te WHERE te.notification_id = tn.id AND NOT ${RECOVERED}
     ORDER BY te.event_id DESC LIMIT 1) IS NULL
   RETURNING id`

/** Values: now, list of matters. */
export const resolveWhole = (dialect: Dialect) =>
  `UPDATE notifications SET resolved_at = ?t, is_open = FALSE WHERE id IN ${ids(dialect)} AND resolved_at IS NULL
   RETURNING id`

/** Messages that nobody has tried to send and that have nothing left to tell. Values: now, list of matters. */
export const cancelResolved = (dialect: Dialect) =>
  `UPDATE deliveries AS d SET state = 'cancelled', due_at = NULL, updated_at = ?t
   WHERE ${WAITS} AND id IN (SELECT delivery_id FROM delivery_items WHERE notification_id IN ${ids(dialect)})
     AND NOT EXISTS (SELECT 1 FROM delivery_items AS i JOIN notifications AS n ON n.id = i.notification_id
       WHERE i.delivery_id = d.id AND n.resolved_at IS NULL)
   RETURNING id`

/** What is over leaves the digests that wait. Values: list of matters, list of matters. */
export const leaveDigests = (dialect: Dialect) => `DELETE FROM delivery_items
  WHERE notification_id IN ${ids(dialect)} AND delivery_id IN (SELECT d.id FROM deliveries AS d
    JOIN delivery_items AS i ON i.delivery_id = d.id
    WHERE d.is_digest AND ${WAITS} AND i.notification_id IN ${ids(dialect)})`

/** Receivers that were told of some matters, or will be. Values: list of matters. */
export const toldTargets = (dialect: Dialect) => `SELECT DISTINCT n.recipient, i.target
  FROM delivery_items AS i JOIN deliveries AS d ON d.id = i.delivery_id
  JOIN notifications AS n ON n.id = i.notification_id
  WHERE i.notification_id IN ${ids(dialect)} AND d.state <> 'cancelled'`

/** Values: list of matters. */
export const showInInbox = (dialect: Dialect) =>
  `UPDATE notifications SET in_inbox = TRUE WHERE id IN ${ids(dialect)}`

/**
 * News of recoveries that wait, to receivers that never heard of any of the troubles. Values: now, list of matters that
 * tell of recoveries.
 */
export const cancelUnheard = (dialect: Dialect) =>
  `UPDATE deliveries AS d SET state = 'cancelled', due_at = NULL, updated_at = ?t
   WHERE ${WAITS} AND NOT is_digest
     AND id IN (SELECT delivery_id FROM delivery_items WHERE notification_id IN ${ids(dialect)})
     AND NOT EXISTS (SELECT 1 FROM delivery_items AS ri
       JOIN notifications AS rn ON rn.id = ri.notification_id
       JOIN notification_events AS re ON re.notification_id = ri.notification_id
       JOIN notification_events AS te ON te.connection_id = re.connection_id AND te.event_id < re.event_id
       JOIN notifications AS tn ON tn.id = te.notification_id AND tn.recipient = rn.recipient
         AND tn.organization_id = rn.organization_id AND tn.event IN (${troubles})
       JOIN delivery_items AS ti ON ti.notification_id = tn.id AND ti.target = ri.target
       JOIN deliveries AS td ON td.id = ti.delivery_id AND td.state <> 'cancelled'
       WHERE ri.delivery_id = d.id)`
