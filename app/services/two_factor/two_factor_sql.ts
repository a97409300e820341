/** Values: person. */
export const READ = 'SELECT secret, created_at, confirmed_at FROM two_factors WHERE id = ?'

/** Begins anew until it is confirmed. Values: person, sealed secret, now. */
export const BEGIN = `INSERT INTO two_factors (id, secret, created_at) VALUES (?, ?, ?t)
  ON CONFLICT (id) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at
  WHERE two_factors.confirmed_at IS NULL`

/** Values: now, step, person, the secret that the code was compared with. */
export const CONFIRM = `UPDATE two_factors SET confirmed_at = ?t, last_step = ?
  WHERE id = ? AND secret = ? AND confirmed_at IS NULL`

/** Of two who bring the same code, one gets through, and no older code works afterwards. Values: step, person, step. */
export const USE_STEP = `UPDATE two_factors SET last_step = ?
  WHERE id = ? AND confirmed_at IS NOT NULL AND (last_step IS NULL OR last_step < ?)`

/** Values: now, person, hash. */
export const USE_RECOVERY_CODE = `UPDATE recovery_codes SET used_at = ?t
  WHERE user_id = ? AND code_hash = ? AND used_at IS NULL
  AND EXISTS (SELECT 1 FROM two_factors WHERE id = recovery_codes.user_id AND confirmed_at IS NOT NULL)`

/** Values: person. */
export const COUNT_LEFT = 'SELECT count(*) AS count FROM recovery_codes WHERE user_id = ? AND used_at IS NULL'

/** Values: person, hash. */
export const INSERT_RECOVERY_CODE = 'INSERT INTO recovery_codes (user_id, code_hash) VALUES (?, ?)'

/** Values: person. */
export const CLEAR_RECOVERY_CODES = 'DELETE FROM recovery_codes WHERE user_id = ?'

/** Values: person. */
export const REMOVE = 'DELETE FROM two_factors WHERE id = ?'

/** Makes two who change the same person's codes wait for each other. Values: person. */
export const LOCK = 'UPDATE two_factors SET created_at = created_at WHERE id = ? AND confirmed_at IS NOT NULL'

/** Organizations of a person in which somebody else is no admin. Values: person, the other. */
export const BEYOND_REACH = `SELECT 1 FROM memberships AS m WHERE m.user_id = ? AND NOT EXISTS
  (SELECT 1 FROM memberships AS a WHERE a.organization_id = m.organization_id AND a.user_id = ? AND a.role = 'admin')`
