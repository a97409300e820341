/** The statements of channels. `?` is a value, `?t` an instant (see `store/driver.ts`). */

type Dialect = 'sqlite' | 'postgres'

const SHOWN = `id, kind, name, target, created_at, failing_since, last_delivered_at, disabled_at, disabled_reason`

/** Values: organization. */
export const LIST = `SELECT ${SHOWN} FROM notification_channels WHERE organization_id = ? ORDER BY name, id`

/** Values: organization, id. */
export const FIND = `SELECT ${SHOWN} FROM notification_channels WHERE organization_id = ? AND id = ?`

/** Values: organization. */
export const COUNT = 'SELECT count(*) AS count FROM notification_channels WHERE organization_id = ?'

/** Values: id, organization, kind, name, target, secret, now, now. */
export const INSERT = `INSERT INTO notification_channels
    (id, organization_id, kind, name, target, secret, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?t, ?t)`

/** Keeps others from the row until the transaction ends. Values: organization, id. */
export const hold = (dialect: Dialect) =>
  `SELECT * FROM notification_channels WHERE organization_id = ? AND id = ?
   ${dialect === 'postgres' ? 'FOR UPDATE' : ''}`

/** Values: name, target, secret, now, id. */
export const UPDATE = `UPDATE notification_channels SET name = ?, target = ?, secret = ?, updated_at = ?t WHERE id = ?`

/** Values: organization, id. */
export const REMOVE = 'DELETE FROM notification_channels WHERE organization_id = ? AND id = ?'

/** Values: now, organization, id. */
export const ENABLE = `UPDATE notification_channels
  SET disabled_at = NULL, disabled_reason = NULL, failing_since = NULL, updated_at = ?t
  WHERE organization_id = ? AND id = ?`

/** Values: delivery, now, now, now, organization, channel. */
export const ENQUEUE_TEST = `INSERT INTO deliveries
    (id, organization_id, channel, target, channel_id, state, is_test, due_at, created_at, updated_at)
  SELECT ?, organization_id, kind, 'channel:' || id, id, 'waiting', true, ?t, ?t, ?t
  FROM notification_channels WHERE organization_id = ? AND id = ?`
