/** The statements of channels. `?` is a value, `?t` an instant (see `store/driver.ts`). */

type Dialect = 'sqlite' | 'postgres'

const SHOWN = `id, kind, name, target, locale, time_zone, created_at, failing_since, last_delivered_at, disabled_at, disabled_reason`

/** Values: organization. */
export const LIST = `SELECT ${SHOWN} FROM notification_channels WHERE organization_id = ? ORDER BY name, id`

/** Values: organization, id. */
export const FIND = `SELECT ${SHOWN} FROM notification_channels WHERE organization_id = ? AND id = ?`

/** Values: organization. */
export const COUNT = 'SELECT count(*) AS count FROM notification_channels WHERE organization_id = ?'

/** Values: id, organization, kind, name, target, secret, language, zone, now, now. */
export const INSERT = `INSERT INTO notification_channels
    (id, organization_id, kind, name, target, secret, locale, time_zone, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?t, ?t)`

/** Keeps others from the row until the transaction ends. Values: organization, id. */
export const hold = (dialect: Dialect) =>
  `SELECT * FROM notification_channels WHERE organization_id = ? AND id = ?
   ${dialect === 'postgres' ? 'FOR UPDATE' : ''}`

/** Values: name, target, secret, language, zone, now, id. */
export const UPDATE = `UPDATE notification_channels SET name = ?, target = ?, secret = ?,
  locale = ?, time_zone = ?, updated_at = ?t WHERE id = ?`

/** Values: organization, id. */
export const REMOVE = 'DELETE FROM notification_channels WHERE organization_id = ? AND id = ?'

/** The rules of an organization that name more than people's own ways. Values: organization. */
export const SHARED_RULES =
  'SELECT id, channels FROM notification_rules WHERE organization_id = ? AND user_id IS NULL'

/** Values: channels as JSON, now, rule. */
export const SET_RULE_CHANNELS = 'UPDATE notification_rules SET channels = ?, updated_at = ?t WHERE id = ?'

/** Values: now, organization, id. */
export const ENABLE = `UPDATE notification_channels
  SET disabled_at = NULL, disabled_reason = NULL, failing_since = NULL, updated_at = ?t
  WHERE organization_id = ? AND id = ?`

/** Values: delivery, now, now, now, organization, channel. */
export const ENQUEUE_TEST = `INSERT INTO deliveries
    (id, organization_id, channel, target, channel_id, state, is_test, due_at, created_at, updated_at)
  SELECT ?, organization_id, kind, 'channel:' || id, id, 'waiting', true, ?t, ?t, ?t
  FROM notification_channels WHERE organization_id = ? AND id = ?`
