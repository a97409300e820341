export const ANYBODY = 'SELECT 1 FROM users LIMIT 1'

/** Values: token hash, now. */
export const INSERT_TOKEN = 'INSERT INTO setup_tokens (token_hash, made_at) VALUES (?, ?t)'

/** Values: the instant up to which tokens have expired. */
export const FORGET_EXPIRED = 'DELETE FROM setup_tokens WHERE made_at <= ?t'

export const FORGET_ALL = 'DELETE FROM setup_tokens'

/** Values: token hash, the instant up to which tokens have expired. */
export const ADMITTED = 'SELECT 1 FROM setup_tokens WHERE token_hash = ? AND made_at > ?t'

export const OLDEST_ORGANIZATION = 'SELECT id FROM organizations ORDER BY created_at, id LIMIT 1'

/** Whoever comes second waits here for the end of the first. Values: id, now. */
export const INSERT_MAIN = `INSERT INTO organizations (id, slug, name, created_at) VALUES (?, 'main', 'Main', ?t)
  ON CONFLICT (slug) DO NOTHING`

/** As does this, where there is an organization already. */
export const LOCK_ORGANIZATIONS = 'UPDATE organizations SET slug = slug'
