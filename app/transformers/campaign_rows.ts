import type Connection from '#models/connection'
import type {
  CampaignDetail,
  CampaignMemberView,
  CampaignSummary,
  Channel,
  SessionView,
} from '#services/campaigns/types'
import type { ProviderFacts } from '#services/provider_facts'
import { accountName, initials } from '#transformers/account_name'
import { accountRow } from '#transformers/account_row'
import { inWords } from '#transformers/campaign_words'
import { channelState } from '#transformers/channel_state'
import type { Translate } from '#transformers/translate'

/** Names that a row of the list has room for. */
const NAMED = 3

/** A campaign in the list. `dead`: its members that need a person. */
export function campaignRow(campaign: CampaignSummary, dead: readonly Connection[]) {
  const { id, name, members, authorized, liveSessionId, troubled } = campaign
  const names = dead.slice(0, NAMED).map(accountName)
  return {
    ...{ id, name, members, authorized, troubled },
    isLive: liveSessionId !== null,
    unhealthy: { names, more: dead.length - names.length },
  }
}

interface Surroundings {
  connections: ReadonlyMap<string, Connection>
  facts: ProviderFacts
  now: number
  t: Translate
}

/** A member with the health of its account. Null where the account went away while the page was read. */
export function memberRow(member: CampaignMemberView, { connections, facts, now, t }: Surroundings) {
  const connection = connections.get(member.connectionId)
  if (!connection) return null
  const { provider, name, avatarUrl, health, expiresAt, since } = accountRow(connection, facts, null, now)
  const { authorizedUntil, authorizedAt, revokedAt, may } = member
  return {
    id: member.connectionId,
    ...{ provider, name, avatarUrl, health, expiresAt, since, may },
    initials: initials(name),
    until: authorizedUntil,
    closed: t(`campaigns.members.closed.${closedWord({ authorizedAt, revokedAt })}`),
    reconnectPath: health === 'reconnect' ? `/accounts/${member.connectionId}/reconnect` : null,
  }
}

/** Why no window is open. */
function closedWord({ authorizedAt, revokedAt }: Pick<CampaignMemberView, 'authorizedAt' | 'revokedAt'>) {
  if (authorizedAt === null) return 'never'
  return revokedAt === null ? 'over' : 'revoked'
}

/** Everything that the page of a campaign shows and follows live. */
export function campaignPage(campaign: CampaignDetail, around: Surroundings) {
  const { id, name, windowHours, archivedAt, authorized, gameMasters, may } = campaign
  const rows = campaign.memberList.flatMap((member) => memberRow(member, around) ?? [])
  const live = campaign.sessions.find(({ state }) => state === 'live')
  return {
    campaign: {
      ...{ id, name, windowHours, archivedAt, authorized, gameMasters, may },
      members: rows.length,
    },
    rows,
    live: live ? { ...live, unhealthy: inWords(live.unhealthy, around.t) } : null,
    past: campaign.sessions.filter(({ state }) => state === 'ended').map(pastSession),
  }
}

function pastSession({ id, startedAt, endedAt, unhealthy }: SessionView) {
  return { id, startedAt, endedAt, troubled: unhealthy.map(({ name }) => name) }
}

/** A channel on the page of the person it belongs to. */
export function channelCard(channel: Channel, { connections, facts, now, t }: Surroundings) {
  const connection = connections.get(channel.connectionId)
  if (!connection) return null
  const account = accountRow(connection, facts, null, now)
  const { name, avatarUrl, provider } = account
  return {
    id: channel.connectionId,
    ...{ name, avatarUrl, provider },
    initials: initials(name),
    state: channelState(account, t),
    refreshedAt: channel.lastTokenRefreshAt,
    reconnectPath: channel.reconnectPath,
    campaigns: channel.campaigns.map(({ id, name: title, windowHours, authorizedUntil, isLive }) => ({
      ...{ id, windowHours, isLive },
      name: title,
      until: authorizedUntil !== null && authorizedUntil > now ? authorizedUntil : null,
    })),
  }
}
