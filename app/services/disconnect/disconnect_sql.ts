/** The statements of a disconnection. `?` is a value, `?t` an instant (see `store/driver.ts`). */

type Dialect = 'sqlite' | 'postgres'

/** Values: id, organization. */
export const holdConnection = (dialect: Dialect) =>
  `SELECT * FROM connections WHERE id = ? AND organization_id = ? ${dialect === 'postgres' ? 'FOR UPDATE' : ''}`

/** Values: id. */
export const holdById = (dialect: Dialect) =>
  `SELECT * FROM connections WHERE id = ? ${dialect === 'postgres' ? 'FOR UPDATE' : ''}`

/** Accounts whose tokens derive from this one's, and are not disconnected yet. Values: parent. */
export const readChildren = (dialect: Dialect) =>
  `SELECT * FROM connections WHERE parent_id = ? AND status <> 'disconnected' ORDER BY id
   ${dialect === 'postgres' ? 'FOR UPDATE' : ''}`

/**
 * Ends a connection here: no token is left in its row, nothing is planned, and a new generation keeps out what a
 * request in flight may still bring. Values: reason, now, id.
 */
export const DISCONNECT = `UPDATE connections SET status = 'disconnected', status_reason = ?, is_active = false,
    access_token = NULL, refresh_token = NULL, spare_refresh_token = NULL, token_secret = NULL, credential_fp = NULL,
    token_expires_at = NULL, grant_expires_at = NULL, next_refresh_at = NULL, next_validation_at = NULL,
    keep_alive_until = NULL, paused_at = NULL, token_refresh_failed_at = NULL, error_code = NULL, error_message = NULL,
    children_pending = false, children_due_at = NULL, children_failures = 0, children_error = NULL,
    attempt_id = NULL, lease_until = NULL, worker_id = NULL, open_attempts = 0, retry_count = 0,
    token_version = token_version + 1, grant_generation = grant_generation + 1, updated_at = ?t
  WHERE id = ?`

/** Values: the columns in this order. */
export const INSERT_REVOCATION = `INSERT INTO revocations (id, organization_id, connection_id, provider,
    provider_account_id, token, hint, config, metadata, expires_at, next_at, created_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?t, ?t, ?t)`

/** Takes a revocation that is due, for as long as its request may last. Values: until when, id, now. */
export const TAKE_REVOCATION = `UPDATE revocations SET attempts = attempts + 1, next_at = ?t
  WHERE id = ? AND next_at <= ?t RETURNING *`

/** The account has a grant again, which the old token's revocation might end. Values: organization, provider, account. */
export const READ_RECONNECTED = `SELECT id FROM connections
  WHERE organization_id = ? AND provider = ? AND provider_account_id = ? AND status <> 'disconnected'`

/** Values: now, limit. */
export const READ_DUE = 'SELECT id FROM revocations WHERE next_at <= ?t ORDER BY next_at, id LIMIT ?'

/** Values: when to try again, error, id. */
export const POSTPONE = 'UPDATE revocations SET next_at = ?t, last_error = ? WHERE id = ?'

/** Values: id. */
export const DELETE_REVOCATION = 'DELETE FROM revocations WHERE id = ?'

/** Derived accounts, logs and events go with the row. Values: id, organization. */
export const DELETE_DISCONNECTED = `DELETE FROM connections
  WHERE id = ? AND organization_id = ? AND status = 'disconnected'`
