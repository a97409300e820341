/** The statements that find receivers. `?` is a value (see `store/driver.ts`). */

/** Values: channel, organization. */
export const READ_CHANNEL = `SELECT c.*, o.name AS organization_name FROM notification_channels c
  JOIN organizations o ON o.id = c.organization_id WHERE c.id = ? AND c.organization_id = ?`

const PERSON = `u.id AS user_id, u.email, u.full_name, u.locale, u.time_zone, m.role, o.name AS organization_name`
const MEMBER = `JOIN memberships m ON m.user_id = u.id AND m.organization_id = ?
  JOIN organizations o ON o.id = m.organization_id`

/** A person who has left the organization is told nothing more. Values: organization, person. */
export const READ_PERSON = `SELECT ${PERSON} FROM users u ${MEMBER} WHERE u.id = ?`

/** A browser that somebody else uses by now is not found. Values: organization, person, subscription. */
export const READ_SUBSCRIPTION = `SELECT ${PERSON}, p.id AS subscription_id, p.endpoint, p.p256dh, p.auth
  FROM users u ${MEMBER} JOIN push_subscriptions p ON p.user_id = u.id WHERE u.id = ? AND p.id = ?`
