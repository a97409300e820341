import { ids } from '#notifications/dispatch_sql'
import type { EventFacts } from '#notifications/event_facts'
import { all, type StoreDriver, type Work } from '#store/driver'

type Dialect = StoreDriver['dialect']

/** The owners of connections, where they belong to the organization. Values: list of connections. */
const ownersOf = (dialect: Dialect) => `SELECT connections.id AS subject, memberships.user_id FROM connections
  JOIN memberships ON memberships.organization_id = connections.organization_id
    AND memberships.user_id = connections.owner_user_id
  WHERE connections.id IN ${ids(dialect)}`

const LEADERS = `campaigns JOIN campaign_game_masters AS master ON master.campaign_id = campaigns.id
  JOIN memberships ON memberships.organization_id = campaigns.organization_id
    AND memberships.user_id = master.user_id`

/** Those who lead a campaign that may use a connection now. Values: list of connections, now. */
const leadersOf = (dialect: Dialect) =>
  `SELECT DISTINCT member.connection_id AS subject, memberships.user_id FROM ${LEADERS}
   JOIN campaign_members AS member ON member.campaign_id = campaigns.id
   WHERE campaigns.archived_at IS NULL AND member.connection_id IN ${ids(dialect)}
     AND member.revoked_at IS NULL AND member.authorized_until > ?t`

/** Values: organization, list of campaigns. */
const campaignLeaders = (dialect: Dialect) =>
  `SELECT campaigns.id AS subject, memberships.user_id FROM ${LEADERS}
   WHERE campaigns.organization_id = ? AND campaigns.id IN ${ids(dialect)}`

/** The users whom an event concerns. */
export type AudienceOf = (event: EventFacts) => ReadonlySet<string>

/**
 * Whom events concern: the owner of the connection and those who lead a campaign that may use it now (T5). An event of
 * one campaign concerns its own leaders, with an open window or without: that it ran out may be the trouble.
 */
export function* readAudience(
  dialect: Dialect,
  organizationId: string,
  events: readonly EventFacts[],
  at: number
): Work<AudienceOf> {
  const connections = listOf(events.map(({ connectionId }) => connectionId))
  const campaigns = listOf(events.map(({ campaignId }) => campaignId))
  const owners = bySubject(yield* all(ownersOf(dialect), [connections]))
  const leaders = bySubject(yield* all(leadersOf(dialect), [connections, at]))
  const ofCampaigns = bySubject(yield* all(campaignLeaders(dialect), [organizationId, campaigns]))
  return ({ connectionId, campaignId }) => {
    const owning = owners.get(connectionId ?? '') ?? []
    const leading = campaignId ? ofCampaigns.get(campaignId) : leaders.get(connectionId ?? '')
    return new Set([...owning, ...(leading ?? [])])
  }
}

function listOf(values: readonly (string | null)[]): string {
  return JSON.stringify([...new Set(values.filter((value) => value !== null))])
}

function bySubject(found: readonly Record<string, unknown>[]): Map<string, string[]> {
  const users = new Map<string, string[]>()
  for (const { subject, user_id: userId } of found) {
    const key = subject as string
    users.set(key, [...(users.get(key) ?? []), userId as string])
  }
  return users
}
