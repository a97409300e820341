/** The statements of deliveries. `?` is a value, `?t` an instant (see `store/driver.ts`). */

type Dialect = 'sqlite' | 'postgres'

/** Of so many that are due the next are chosen: a long queue costs no more than this. */
const LOOKED_AT = 1_000

export const ANY_WAITING = "SELECT 1 AS waits FROM deliveries WHERE state = 'waiting' LIMIT 1"

const FREE = "state = 'waiting' AND due_at <= ?t AND (lease_until IS NULL OR lease_until <= ?t)"

/**
 * What is due and nobody holds, the first few of each receiver, oldest first. Receivers with enough in flight are left
 * out, so that their queue hides nobody else's. Values: now, now, the busy receivers, of each receiver at most, limit.
 */
export const findDue = (dialect: Dialect, busy: number) => `SELECT id, receiver FROM (
    SELECT id, due_at, receiver, row_number() OVER (PARTITION BY receiver ORDER BY due_at, id) AS turn FROM (
      SELECT * FROM (
        SELECT d.id, d.due_at, coalesce(${receiver(dialect)}, d.target) AS receiver
        FROM (SELECT * FROM deliveries WHERE ${FREE}) AS d
        LEFT JOIN notification_channels c ON c.id = d.channel_id
        LEFT JOIN push_subscriptions p ON p.id = ${subscriptionId(dialect)}
      ) AS due WHERE receiver NOT IN (''${', ?'.repeat(busy)})
      ORDER BY due_at, id LIMIT ${LOOKED_AT}
    ) AS first
  ) AS next WHERE turn <= ? ORDER BY due_at, id LIMIT ?`

const receiver = (dialect: Dialect) =>
  `CASE d.channel WHEN 'email' THEN 'mail' WHEN 'push' THEN ${origin(dialect)} ELSE c.target END`

// Up to the first slash behind "https://" or "http://x".
const origin = (dialect: Dialect) =>
  `substr(p.endpoint, 1, 8 + ${dialect === 'sqlite' ? 'instr' : 'strpos'}(substr(p.endpoint, 9), '/'))`

const subscriptionId = (dialect: Dialect) => {
  const id = 'substr(d.target, 6)'
  return `CASE WHEN d.channel = 'push' THEN ${dialect === 'sqlite' ? id : `CAST(${id} AS uuid)`} END`
}

/** Values: claim, lease until, now, the ids, now, now. */
export const claim = (dialect: Dialect, count: number) => {
  const wanted = `id IN (?${', ?'.repeat(count - 1)}) AND ${FREE}`
  const where =
    dialect === 'sqlite' ? wanted : `id IN (SELECT id FROM deliveries WHERE ${wanted} FOR UPDATE SKIP LOCKED)`
  return `UPDATE deliveries SET claim_id = ?, lease_until = ?t, attempts = attempts + 1, updated_at = ?t
    WHERE ${where} RETURNING *`
}

/** Values: message, id, claim. */
export const FREEZE = 'UPDATE deliveries SET message = ? WHERE id = ? AND claim_id = ? AND message IS NULL'

/** Values: delivery. */
export const READ_ITEMS = `SELECT notification_id FROM delivery_items WHERE delivery_id = ?
  ORDER BY notification_id LIMIT 200`

/** Entered whoever holds the claim: it happened. Values: id, now, duration, status, code, answer, delivery. */
export const INSERT_ATTEMPT = `INSERT INTO delivery_attempts
    (id, delivery_id, created_at, duration_ms, status, code, answer)
  SELECT ?, id, ?t, CAST(? AS INTEGER), CAST(? AS INTEGER), CAST(? AS TEXT), CAST(? AS TEXT)
  FROM deliveries WHERE id = ?`

/** Values: state, due, status, code, delivered, now, id, claim. */
export const FINISH = `UPDATE deliveries SET state = ?, due_at = ?t, last_status = ?, last_code = ?,
    delivered_at = COALESCE(?t, delivered_at), updated_at = ?t, claim_id = NULL, lease_until = NULL
  WHERE id = ? AND claim_id = ? AND state = 'waiting'`

/** Values: code, now, target, but not this delivery. */
export const CANCEL_OTHERS = `UPDATE deliveries SET state = 'cancelled', due_at = NULL, last_code = ?,
    updated_at = ?t, claim_id = NULL, lease_until = NULL
  WHERE target = ? AND state = 'waiting' AND id <> ?`

/** Values: now, id. */
export const CHANNEL_DELIVERED =
  'UPDATE notification_channels SET failing_since = NULL, last_delivered_at = ?t WHERE id = ?'

/** Values: now, id. */
export const CHANNEL_FAILED = `UPDATE notification_channels SET failing_since = COALESCE(failing_since, ?t)
  WHERE id = ? AND disabled_at IS NULL RETURNING name, kind, target, failing_since`

/** Values: now, reason, now, id. */
export const DISABLE_CHANNEL = `UPDATE notification_channels
  SET disabled_at = ?t, disabled_reason = ?, updated_at = ?t WHERE id = ? AND disabled_at IS NULL`

/** Values: now, id. */
export const PUSH_DELIVERED = 'UPDATE push_subscriptions SET last_delivered_at = ?t WHERE id = ?'

/** Where the browser has a new endpoint by now, the old one's end is no news. Values: id, endpoint. */
export const REMOVE_PUSH = 'DELETE FROM push_subscriptions WHERE id = ? AND endpoint = ?'

/** Values: id, organization, severity, data, key, now. */
export const TELL_OPERATORS = `INSERT INTO events (id, organization_id, name, severity, data, dedupe_key, created_at)
  VALUES (?, ?, 'channel.disabled', ?, ?, ?, ?t) ON CONFLICT (dedupe_key) DO NOTHING`
