const OPEN = 'accepted_at IS NULL AND withdrawn_at IS NULL'
const COLUMNS = 'id, organization_id, email, role, created_at, expires_at, accepted_at, withdrawn_at'

/** Values: id, organization, email, role, token hash, inviter, now, expiry. */
export const INSERT = `INSERT INTO invitations
  (id, organization_id, email, role, token_hash, invited_by, created_at, expires_at)
  VALUES (?, ?, ?, ?, ?, ?, ?t, ?t)`

/** Values: organization. */
export const LIST = `SELECT ${COLUMNS} FROM invitations WHERE organization_id = ? AND ${OPEN} ORDER BY created_at DESC, id`

/** Values: organization, email. */
export const IS_OPEN = `SELECT id FROM invitations WHERE organization_id = ? AND email = ? AND ${OPEN}`

/** Values: id, organization. */
export const READ = `SELECT ${COLUMNS} FROM invitations WHERE id = ? AND organization_id = ?`

/** Values: token hash, expiry, id, organization. */
export const RENEW = `UPDATE invitations SET token_hash = ?, expires_at = ?t WHERE id = ? AND organization_id = ? AND ${OPEN}`

/** Values: now, id, organization. */
export const WITHDRAW = `UPDATE invitations SET withdrawn_at = ?t WHERE id = ? AND organization_id = ? AND ${OPEN}`

/** Values: token hash. */
export const BY_TOKEN = `SELECT i.id, i.organization_id, i.email, i.role, i.created_at, i.expires_at, i.accepted_at,
  i.withdrawn_at, o.name AS organization_name, u.id AS user_id
  FROM invitations AS i JOIN organizations AS o ON o.id = i.organization_id LEFT JOIN users AS u ON u.email = i.email
  WHERE i.token_hash = ?`

/** Of two who use the same link, one gets through. Values: now, id, token hash, now. */
export const ACCEPT = `UPDATE invitations SET accepted_at = ?t
  WHERE id = ? AND token_hash = ? AND ${OPEN} AND expires_at > ?t`

/** Values: organization, e-mail. */
export const IS_MEMBER = `SELECT 1 FROM memberships AS m JOIN users AS u ON u.id = m.user_id
  WHERE m.organization_id = ? AND u.email = ?`

/** Values: id, e-mail, name, hashed password, locale, now, now. */
export const INSERT_USER = `INSERT INTO users (id, email, full_name, password, locale, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?t, ?t) ON CONFLICT (email) DO NOTHING`

/** Values: organization, person, role, now. */
export const INSERT_MEMBERSHIP = `INSERT INTO memberships (organization_id, user_id, role, created_at)
  VALUES (?, ?, ?, ?t) ON CONFLICT (organization_id, user_id) DO NOTHING`
