import type { StoreDriver } from '#store/driver'

type Dialect = StoreDriver['dialect']

/** Accounts of an organization, or only those that belong to somebody: the others are nothing that a streamer could grant. */
const REACHED = { accounts: '', channels: ' AND owner_user_id IS NOT NULL' } as const
type Reach = keyof typeof REACHED

/** The statements about campaigns, their people and their channels. `?` is a value, `?t` an instant. */

/** How a person stands to a campaign. Values: user, user. */
const STANDING = `
    EXISTS (SELECT 1 FROM campaign_game_masters AS master
      WHERE master.campaign_id = campaigns.id AND master.user_id = ?) AS is_game_master,
    EXISTS (SELECT 1 FROM campaign_members AS own JOIN connections ON connections.id = own.connection_id
      WHERE own.campaign_id = campaigns.id AND connections.owner_user_id = ?) AS owns_member`

/** Values: user, user, campaign, organization. Locked until the transaction ends. */
export const lockCampaign = (dialect: Dialect) =>
  `SELECT campaigns.*,${STANDING} FROM campaigns WHERE id = ? AND organization_id = ?
   ${dialect === 'postgres' ? 'FOR NO KEY UPDATE OF campaigns' : ''}`

/** A window that is open. Values: now. */
export const OPEN = '(member.revoked_at IS NULL AND member.authorized_until > ?t)'

const SUMMARY = `SELECT campaigns.*,${STANDING},
    (SELECT count(*) FROM campaign_members AS member WHERE member.campaign_id = campaigns.id) AS members,
    (SELECT count(*) FROM campaign_members AS member
      WHERE member.campaign_id = campaigns.id AND ${OPEN}) AS authorized,
    live.id AS session_id, live.unhealthy AS session_unhealthy
  FROM campaigns
  LEFT JOIN campaign_sessions AS live ON live.campaign_id = campaigns.id AND live.state = 'live'`

/** Values: user, user, now, organization. */
export const listCampaigns = (archived: boolean) =>
  `${SUMMARY} WHERE campaigns.organization_id = ? AND campaigns.archived_at IS ${archived ? 'NOT NULL' : 'NULL'}
   ORDER BY lower(campaigns.name), campaigns.id`

/** One page, from a place on where there is one. Values: user, user, now, organization, at and id of the place, size. */
export function campaignPage(archived: boolean, place: 'next' | 'previous' | null): string {
  const backwards = place === 'previous'
  const from = place && `AND (campaigns.created_at, campaigns.id) ${backwards ? '>' : '<'} (?t, ?)`
  const order = backwards ? 'ASC' : 'DESC'
  return `${SUMMARY} WHERE campaigns.organization_id = ? AND campaigns.archived_at IS ${archived ? 'NOT NULL' : 'NULL'}
   ${from ?? ''} ORDER BY campaigns.created_at ${order}, campaigns.id ${order} LIMIT ?`
}

/** Values: user, user, now, campaign, organization. */
export const FIND_CAMPAIGN = `${SUMMARY} WHERE campaigns.id = ? AND campaigns.organization_id = ?`

const MEMBER_COLUMNS = `member.campaign_id, member.connection_id, member.authorized_until, member.authorized_at,
    member.revoked_at, connections.provider, connections.owner, connections.owner_user_id, connections.username,
    connections.display_name, connections.provider_account_id, connections.avatar_url, connections.status,
    connections.status_reason, connections.is_active, connections.paused_at, connections.token_expires_at,
    connections.last_token_refresh_at, connections.token_refresh_failed_at, connections.next_refresh_at,
    connections.token_version`

/** Members of a campaign with their connections. Values: campaign. `held`: their windows stay as they are meanwhile. */
export const membersOf = (dialect: Dialect, held = false) =>
  `SELECT ${MEMBER_COLUMNS} FROM campaign_members AS member
   JOIN connections ON connections.id = member.connection_id
   WHERE member.campaign_id = ?
   ORDER BY lower(COALESCE(connections.display_name, connections.username, connections.provider_account_id)), connections.id
   ${held && dialect === 'postgres' ? 'FOR SHARE OF member' : ''}`

/** Values: campaign. */
export const GAME_MASTERS_OF = `SELECT users.id, users.full_name, users.email FROM campaign_game_masters AS master
  JOIN users ON users.id = master.user_id WHERE master.campaign_id = ? ORDER BY users.email`

/** Values: campaign. */
export const SESSIONS_OF = `SELECT * FROM campaign_sessions WHERE campaign_id = ?
  ORDER BY started_at DESC, id DESC LIMIT 20`

/** The channels of a person, once for each campaign. Values: organization, user. */
export const CHANNELS_OF = `SELECT connections.id, connections.provider, connections.username, connections.display_name,
    connections.provider_account_id, connections.avatar_url, connections.status, connections.is_active,
    connections.paused_at, connections.token_expires_at, connections.last_token_refresh_at,
    campaigns.id AS campaign_id, campaigns.name AS campaign_name, campaigns.window_hours,
    member.authorized_until, member.authorized_at, member.revoked_at, live.id AS session_id
  FROM connections
  LEFT JOIN (campaign_members AS member JOIN campaigns ON campaigns.id = member.campaign_id AND campaigns.archived_at IS NULL)
    ON member.connection_id = connections.id
  LEFT JOIN campaign_sessions AS live ON live.campaign_id = campaigns.id AND live.state = 'live'
  WHERE connections.organization_id = ? AND connections.owner_user_id = ?
  ORDER BY connections.created_at, connections.id, lower(campaigns.name), campaigns.id`

/** Values: organization, campaign, pattern in lower case. */
export const addableConnections = (
  reach: Reach
) => `SELECT id, provider, username, display_name, provider_account_id FROM connections
  WHERE organization_id = ? AND status <> 'disconnected'${REACHED[reach]}
    AND id NOT IN (SELECT connection_id FROM campaign_members WHERE campaign_id = ?)
    AND lower(COALESCE(display_name, '') || ' ' || COALESCE(username, '') || ' ' || provider_account_id)
      LIKE ? ESCAPE '\\'
  ORDER BY lower(COALESCE(display_name, username, provider_account_id)), id LIMIT 200`

/** Values: organization, campaign. */
export const ADDABLE_USERS = `SELECT users.id, users.full_name, users.email, memberships.role FROM memberships
  JOIN users ON users.id = memberships.user_id
  WHERE memberships.organization_id = ? AND memberships.role IN ('admin', 'operator', 'game_master')
    AND users.id NOT IN (SELECT user_id FROM campaign_game_masters WHERE campaign_id = ?)
  ORDER BY users.email LIMIT 200`

/**
 * Whom the condition of a connection concerns: its owner, and those who lead a campaign that may use it now; as long as
 * they belong to the organization. Values: connection, connection, now.
 */
export const AUDIENCE_OF = `SELECT memberships.user_id FROM connections
    JOIN memberships ON memberships.organization_id = connections.organization_id
      AND memberships.user_id = connections.owner_user_id
    WHERE connections.id = ?
  UNION
  SELECT memberships.user_id FROM campaign_members AS member
    JOIN campaigns ON campaigns.id = member.campaign_id AND campaigns.archived_at IS NULL
    JOIN campaign_game_masters AS master ON master.campaign_id = campaigns.id
    JOIN memberships ON memberships.organization_id = campaigns.organization_id
      AND memberships.user_id = master.user_id
    WHERE member.connection_id = ? AND ${OPEN}
  ORDER BY 1`

export const INSERT_CAMPAIGN = `INSERT INTO campaigns (id, organization_id, name, window_hours, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?t, ?t)`

export const UPDATE_CAMPAIGN = `UPDATE campaigns SET name = COALESCE(?, name), window_hours = COALESCE(?, window_hours),
    updated_at = ?t WHERE id = ?`

export const ARCHIVE_CAMPAIGN = 'UPDATE campaigns SET archived_at = ?t, updated_at = ?t WHERE id = ?'

export const LIVE_SESSION = `SELECT id FROM campaign_sessions WHERE campaign_id = ? AND state = 'live'`

export const ownConnection = (reach: Reach) =>
  `SELECT id FROM connections WHERE id = ? AND organization_id = ?${REACHED[reach]}`

/** Values: campaign, connection, now. */
export const INSERT_MEMBER = `INSERT INTO campaign_members (campaign_id, connection_id, created_at)
  VALUES (?, ?, ?t) ON CONFLICT (campaign_id, connection_id) DO NOTHING`

export const DELETE_MEMBER = 'DELETE FROM campaign_members WHERE campaign_id = ? AND connection_id = ?'

export const ROLE_OF = 'SELECT role FROM memberships WHERE organization_id = ? AND user_id = ?'

/** Values: campaign, user, now. */
export const INSERT_MASTER = `INSERT INTO campaign_game_masters (campaign_id, user_id, created_at)
  VALUES (?, ?, ?t) ON CONFLICT (campaign_id, user_id) DO NOTHING`

export const DELETE_MASTER = 'DELETE FROM campaign_game_masters WHERE campaign_id = ? AND user_id = ?'

/** Values: user, now, connection, organization. */
export const LINK_STREAMER = `UPDATE connections SET owner_user_id = ?, updated_at = ?t
  WHERE id = ? AND organization_id = ?`
