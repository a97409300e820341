/** The statements of connect links. `?` is a value, `?t` an instant (see `store/driver.ts`). */

/** Values: the columns in this order. */
export const INSERT = `INSERT INTO connect_links
    (id, organization_id, provider, owner, connection_id, config, return_url, created_by, created_at, expires_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?t, ?t)`

/** Values: id. */
export const READ = 'SELECT * FROM connect_links WHERE id = ?'

/** Values: organization, before. */
export const FORGET = 'DELETE FROM connect_links WHERE organization_id = ? AND expires_at < ?t'

/** Makes letters about one account wait for each other, to the end of their transactions. Values: connection. */
export const LOCK_LETTERS = 'UPDATE connect_links SET sent_to = sent_to WHERE connection_id = ?'

/** The last letter about an account. Values: connection, since. */
export const LAST_LETTER = `SELECT sent_at, sent_to FROM connect_links
  WHERE connection_id = ? AND sent_at > ?t ORDER BY sent_at DESC LIMIT 1`

/** Values: when, to whom, id. */
export const NOTE_LETTER = 'UPDATE connect_links SET sent_at = ?t, sent_to = ? WHERE id = ?'

/** Values: id. */
export const FORGET_LETTER = 'UPDATE connect_links SET sent_at = NULL, sent_to = NULL WHERE id = ?'

/** Values: until when, id, now. */
export const CLAIM = `UPDATE connect_links SET busy_until = ?t
  WHERE id = ? AND (busy_until IS NULL OR busy_until <= ?t) RETURNING *`

/** The first account that came by a link stays its only one. Values: connection, id. */
export const SETTLE = `UPDATE connect_links SET busy_until = NULL,
    connection_id = COALESCE(connection_id, (SELECT id FROM connections WHERE id = ?))
  WHERE id = ?`
