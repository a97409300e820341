import { appUrl } from '#config/app'
import type {
  CampaignDetail,
  CampaignMemberView,
  CampaignSummary,
  SessionView,
  UnhealthyMember,
} from '#services/campaigns/types'

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())

/** A campaign as lists tell it. */
export function apiCampaignSummary(campaign: CampaignSummary) {
  return {
    id: campaign.id,
    name: campaign.name,
    window_hours: campaign.windowHours,
    archived_at: iso(campaign.archivedAt),
    member_count: campaign.members,
    authorized_count: campaign.authorized,
    live_session_id: campaign.liveSessionId,
    unhealthy_count: campaign.troubled,
  }
}

/** A campaign with its members, who leads it, and its latest sessions. */
export function apiCampaign(campaign: CampaignDetail) {
  return {
    ...apiCampaignSummary(campaign),
    members: campaign.memberList.map(apiCampaignMember),
    game_masters: campaign.gameMasters.map(({ userId, name, email }) => ({ user_id: userId, name, email })),
    sessions: campaign.sessions.map(apiCampaignSession),
  }
}

/** A channel in a campaign. `authorized_until` is null where no window is open. */
export function apiCampaignMember(member: CampaignMemberView) {
  return {
    connection_id: member.connectionId,
    provider: member.provider,
    name: member.name,
    status: member.status,
    is_active: member.isActive,
    paused_at: iso(member.pausedAt),
    authorized_until: iso(member.authorizedUntil),
    authorized_at: iso(member.authorizedAt),
    revoked_at: iso(member.revokedAt),
    token_expires_at: iso(member.tokenExpiresAt),
    last_token_refresh_at: iso(member.lastTokenRefreshAt),
  }
}

/** A session, with those of its members that are in trouble. */
export function apiCampaignSession(session: SessionView) {
  return {
    id: session.id,
    state: session.state,
    started_by: session.startedBy,
    started_at: iso(session.startedAt),
    ended_at: iso(session.endedAt),
    last_checked_at: iso(session.lastCheckedAt),
    next_check_at: iso(session.nextCheckAt),
    unhealthy: session.unhealthy.map(apiUnhealthyMember),
  }
}

/** A member that keeps a session from starting, or is in trouble in a live one: why, and what helps (T8). */
export function apiUnhealthyMember(member: UnhealthyMember) {
  const { reconnectPath } = member
  return {
    connection_id: member.connectionId,
    provider: member.provider,
    name: member.name,
    reason: member.reason,
    why: member.why,
    advice: member.advice,
    reconnect_url: reconnectPath === null ? null : new URL(reconnectPath, appUrl).href,
    retry_at: iso(member.retryAt),
  }
}
