/** The statements of API keys, the same for both databases. Instants are written as `?t`. */

export const INSERT = `INSERT INTO api_keys
  (id, organization_id, name, hash, abilities, created_by, created_at, expires_at)
  VALUES (?, ?, ?, ?, ?, ?, ?t, ?t)`

export const READ = 'SELECT * FROM api_keys WHERE id = ?'

export const LIST = 'SELECT * FROM api_keys WHERE organization_id = ? ORDER BY created_at DESC, id DESC'

export const REVOKE = `UPDATE api_keys SET revoked_at = ?t
  WHERE id = ? AND organization_id = ? AND revoked_at IS NULL`

/** One that is good now and has no successor. */
export const REPLACEABLE = `SELECT * FROM api_keys WHERE id = ? AND organization_id = ?
  AND replaced_by IS NULL AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?t)`

/** Of an earlier end and the one that is asked for, the earlier one stays. */
export const REPLACE = `UPDATE api_keys SET replaced_by = ?, expires_at =
  CASE WHEN expires_at < ?t THEN expires_at ELSE ?t END
  WHERE id = ? AND replaced_by IS NULL AND revoked_at IS NULL`

export const OF_ORGANIZATION = 'SELECT id FROM api_keys WHERE id = ? AND organization_id = ?'

export const NOTE_USE = `UPDATE api_keys SET last_used_at = ?t
  WHERE id = ? AND (last_used_at IS NULL OR last_used_at <= ?t)`
