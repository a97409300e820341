import type { Actor } from '#services/campaigns/types'
import type { MemberKey } from '#services/campaigns/window_store'
import type { Row, StoreDriver } from '#store/driver'

/** Values: user, user, campaign, connection, organization, organization. */
const FIND_MEMBER = `SELECT connections.*, campaigns.window_hours, campaigns.archived_at,
    EXISTS (SELECT 1 FROM campaign_game_masters AS master
      WHERE master.campaign_id = campaigns.id AND master.user_id = ?) AS is_game_master,
    EXISTS (SELECT 1 FROM campaign_members AS own JOIN connections AS mine ON mine.id = own.connection_id
      WHERE own.campaign_id = campaigns.id AND mine.owner_user_id = ?) AS owns_member
  FROM campaign_members AS member
  JOIN campaigns ON campaigns.id = member.campaign_id
  JOIN connections ON connections.id = member.connection_id
  WHERE member.campaign_id = ? AND member.connection_id = ?
    AND campaigns.organization_id = ? AND connections.organization_id = ?`

/** A member's connection, with its campaign's default window and how the actor stands to that; null where it is none. */
export async function findMember(driver: StoreDriver, actor: Actor, key: MemberKey): Promise<Row | null> {
  const { campaignId, connectionId, organizationId } = key
  const values = [actor.userId, actor.userId, campaignId, connectionId, organizationId, organizationId]
  return (await driver.read(FIND_MEMBER, values))[0] ?? null
}
