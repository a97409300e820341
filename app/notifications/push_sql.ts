/** The statements of push devices. `?` is a value, `?t` an instant (see `store/driver.ts`). */

/** Values: person, endpoint. */
export const COUNT_OTHERS =
  'SELECT count(*) AS devices FROM push_subscriptions WHERE user_id = ? AND endpoint <> ?'

/**
 * A browser has one subscription, which belongs to who enabled it last. With the person the id changes, because what
 * still waits for the former person must not reach the next. Values: id, user, endpoint, p256dh, auth, device, now.
 */
export const SUBSCRIBE = `INSERT INTO push_subscriptions
    (id, user_id, endpoint, p256dh, auth, device, created_at) VALUES (?, ?, ?, ?, ?, ?, ?t)
  ON CONFLICT (endpoint) DO UPDATE SET
    id = CASE WHEN push_subscriptions.user_id = excluded.user_id THEN push_subscriptions.id ELSE excluded.id END,
    created_at = CASE WHEN push_subscriptions.user_id = excluded.user_id
      THEN push_subscriptions.created_at ELSE excluded.created_at END,
    last_delivered_at = CASE WHEN push_subscriptions.user_id = excluded.user_id
      THEN push_subscriptions.last_delivered_at ELSE NULL END,
    user_id = excluded.user_id, p256dh = excluded.p256dh, auth = excluded.auth, device = excluded.device
  RETURNING id`

/**
 * The browser has got another endpoint from its push service; what waits for it finds it there.
 * Values: endpoint, p256dh, auth, device, person, former endpoint.
 */
export const REPLACE = `UPDATE push_subscriptions SET endpoint = ?, p256dh = ?, auth = ?, device = ?
  WHERE user_id = ? AND endpoint = ? RETURNING id`

/** Values: endpoint. */
export const REMOVE_ENDPOINT = 'DELETE FROM push_subscriptions WHERE endpoint = ?'

/** Values: person. */
export const LIST = 'SELECT * FROM push_subscriptions WHERE user_id = ? ORDER BY created_at, id'

/** Values: id, person. */
export const REMOVE = 'DELETE FROM push_subscriptions WHERE id = ? AND user_id = ?'

/** Values: id. */
export const READ = 'SELECT * FROM push_subscriptions WHERE id = ?'

/** Values: now, id. */
export const MARK_DELIVERED = 'UPDATE push_subscriptions SET last_delivered_at = ?t WHERE id = ?'

/** Values: id, endpoint: one that was replaced meanwhile is not the one that is gone. */
export const REMOVE_GONE = 'DELETE FROM push_subscriptions WHERE id = ? AND endpoint = ?'

/** Values: organization, person. */
export const READ_PERSON = `SELECT users.locale, users.time_zone, memberships.role, organizations.name
  FROM memberships JOIN users ON users.id = memberships.user_id
    JOIN organizations ON organizations.id = memberships.organization_id
  WHERE memberships.organization_id = ? AND memberships.user_id = ?`

/** Values: organization. */
export const LIST_PEOPLE = `SELECT users.id, users.email, count(push_subscriptions.id) AS devices
  FROM memberships JOIN users ON users.id = memberships.user_id
    LEFT JOIN push_subscriptions ON push_subscriptions.user_id = users.id
  WHERE memberships.organization_id = ? GROUP BY users.id, users.email ORDER BY users.email`
