/** The statements of the trail. `?` is a value, `?t` an instant (see `store/driver.ts`). */

export const ORGANIZATIONS = 'SELECT id FROM organizations ORDER BY id'

export const BEGIN = `INSERT INTO audit_events (id, organization_id, created_at, actor_kind, actor_id, actor_name, action,
    target_kind, target_id, target_name, ip, user_agent, request_id, outcome, changes, given, count)
  VALUES (?, ?, ?t, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'begun', '{}', '{}', 1)`

export const END = `UPDATE audit_events SET outcome = ?, status = ?,
    organization_id = coalesce(organization_id, ?), target_id = coalesce(?, target_id),
    target_name = coalesce(?, target_name), changes = ?, given = ?
  WHERE id = ? AND outcome = 'begun'`

const PERSON = (column: string) => `SELECT u.id, m.organization_id FROM users AS u
  LEFT JOIN memberships AS m ON m.user_id = u.id WHERE u.${column} = ?
  ORDER BY m.created_at, m.organization_id LIMIT 1`

/** A person with the oldest membership, as at the sign-in. */
export const BY_EMAIL = PERSON('email')
export const BY_ID = PERSON('id')

/**
 * Adds to what a key took of a connection within one window. Values: id, organization, begin of the window, key, name of
 * the key, connection, connection, last time, how often.
 */
export const COUNT = `INSERT INTO audit_events (id, organization_id, created_at, actor_kind, actor_id, actor_name, action,
    target_kind, target_id, target_name, until_at, outcome, changes, given, count)
  VALUES (?, ?, ?t, 'api_key', ?, ?, 'token.hand_out', 'connection', ?,
    (SELECT coalesce(display_name, username, provider_account_id) FROM connections WHERE id = ?), ?t,
    'done', '{}', '{}', ?)
  ON CONFLICT (organization_id, actor_id, target_id, created_at) WHERE action = 'token.hand_out'
  DO UPDATE SET count = audit_events.count + excluded.count,
    until_at = CASE WHEN excluded.until_at > audit_events.until_at THEN excluded.until_at ELSE audit_events.until_at END`

/** Values: before, how many. */
export const DELETE_OLD = `DELETE FROM audit_events WHERE id IN (
    SELECT id FROM audit_events WHERE created_at < ?t ORDER BY created_at LIMIT ?)`
