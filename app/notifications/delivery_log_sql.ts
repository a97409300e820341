import type { DeliveryState } from '#notifications/delivery_types'
import type { Value } from '#store/driver'

/** The statements of the delivery log. `?` is a value, `?t` an instant (see `store/driver.ts`). */

/** What to narrow the log to. */
export interface DeliveryFilter {
  state?: DeliveryState
  channelId?: string
  /** Messages to this person. */
  userId?: string
  /** Messages that tell of this matter. */
  notificationId?: string
}

/** A place in the log. */
export interface DeliveryPlace {
  direction: 'next' | 'previous'
  createdAt: number
  id: string
}

const FIRST_MATTER = `SELECT n.id FROM delivery_items i JOIN notifications n ON n.id = i.notification_id
  WHERE i.delivery_id = d.id ORDER BY n.id LIMIT 1`

const SELECT = `SELECT d.*, c.name AS channel_name, c.target AS channel_target, u.full_name, u.email,
    n.event, n.provider, n.cause, n.severity, n.count,
    (SELECT count(*) FROM delivery_items i WHERE i.delivery_id = d.id) AS matters
  FROM deliveries d
  LEFT JOIN notification_channels c ON c.id = d.channel_id
  LEFT JOIN users u ON u.id = d.user_id
  LEFT JOIN notifications n ON n.id = (${FIRST_MATTER})`

/** One page, newest first (oldest first where it goes back). */
export function listDeliveries(
  organizationId: string,
  filter: DeliveryFilter,
  place: DeliveryPlace | null,
  size: number
): { sql: string; values: Value[] } {
  const conditions = ['d.organization_id = ?']
  const values: Value[] = [organizationId]
  const add = (condition: string, ...more: Value[]) => {
    conditions.push(condition)
    values.push(...more)
  }
  if (filter.state !== undefined) add('d.state = ?', filter.state)
  if (filter.channelId !== undefined) add('d.channel_id = ?', filter.channelId)
  if (filter.userId !== undefined) add('d.user_id = ?', filter.userId)
  if (filter.notificationId !== undefined)
    add('d.id IN (SELECT delivery_id FROM delivery_items WHERE notification_id = ?)', filter.notificationId)
  const backwards = place?.direction === 'previous'
  if (place) add(`(d.created_at, d.id) ${backwards ? '>' : '<'} (?t, ?)`, place.createdAt, place.id)
  const order = backwards ? 'ASC' : 'DESC'
  const sql = `${SELECT} WHERE ${conditions.join(' AND ')}
    ORDER BY d.created_at ${order}, d.id ${order} LIMIT ?`
  return { sql, values: [...values, size] }
}

/** Values: organization, id. */
export const FIND = `${SELECT} WHERE d.organization_id = ? AND d.id = ?`

/** Values: delivery. */
export const READ_ATTEMPTS = 'SELECT * FROM delivery_attempts WHERE delivery_id = ? ORDER BY created_at, id'

/** Values: organization. */
export const COUNT_DEAD =
  "SELECT count(*) AS count FROM deliveries WHERE organization_id = ? AND state = 'dead' AND NOT is_test"

/** Values: channel. */
export const READ_DISABLED = 'SELECT id FROM notification_channels WHERE id = ? AND disabled_at IS NOT NULL'

/** Nobody sends it at this moment. Values: now. */
const IDLE = '(lease_until IS NULL OR lease_until <= ?t)'

/** Values: now, now, organization, id, now. */
export const REDELIVER = `UPDATE deliveries SET state = 'waiting', due_at = ?t, updated_at = ?t
  WHERE organization_id = ? AND id = ? AND ${IDLE}`

/** Values: now, organization, id, now. */
export const CANCEL = `UPDATE deliveries SET state = 'cancelled', due_at = NULL, last_code = 'cancelled',
    claim_id = NULL, lease_until = NULL, updated_at = ?t
  WHERE organization_id = ? AND id = ? AND state = 'waiting' AND ${IDLE}`
