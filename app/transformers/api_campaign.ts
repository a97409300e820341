import { appUrl } from '#config/app'
import { CONNECTION_STATUSES } from '#models/connection'
import type {
  CampaignDetail,
  CampaignMemberView,
  CampaignSummary,
  SessionView,
  UnhealthyMember,
} from '#services/campaigns/types'
import {
  about,
  count,
  link,
  listOf,
  oneOf,
  orNull,
  ref,
  schemaOf,
  time,
  truth,
  uuid,
  withFields,
  words,
  type Schema,
} from '#transformers/api_schema'

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

export const campaignSummarySchema = schemaOf<ReturnType<typeof apiCampaignSummary>>({
  id: uuid,
  name: words,
  window_hours: about('How long windows last unless told.', count),
  archived_at: orNull(time),
  member_count: count,
  authorized_count: about('Members whose window is open now.', count),
  live_session_id: orNull(uuid),
  unhealthy_count: about('Troubles of the live session.', count),
})

export const campaignMemberSchema = schemaOf<ReturnType<typeof apiCampaignMember>>({
  connection_id: uuid,
  provider: words,
  name: words,
  status: oneOf(CONNECTION_STATUSES),
  is_active: truth,
  paused_at: orNull(time),
  authorized_until: about('The end of the open window.', orNull(time)),
  authorized_at: orNull(time),
  revoked_at: orNull(time),
  token_expires_at: orNull(time),
  last_token_refresh_at: orNull(time),
})

export const unhealthyMemberSchema = schemaOf<ReturnType<typeof apiUnhealthyMember>>({
  connection_id: uuid,
  provider: words,
  name: words,
  reason: about('`no_window`, `window_closed`, or a reason of the verification.', words),
  why: words,
  advice: words,
  reconnect_url: orNull(link),
  retry_at: orNull(time),
})

export const campaignSessionSchema = schemaOf<ReturnType<typeof apiCampaignSession>>({
  id: uuid,
  state: oneOf(['live', 'ended']),
  started_by: about('The person; null where a program did.', orNull(uuid)),
  started_at: time,
  ended_at: orNull(time),
  last_checked_at: time,
  next_check_at: orNull(time),
  unhealthy: listOf(ref('UnhealthyMember')),
})

const gameMaster = schemaOf<Record<'user_id' | 'name' | 'email', string>>({
  user_id: uuid,
  name: words,
  email: words,
})

type Further = Omit<ReturnType<typeof apiCampaign>, keyof ReturnType<typeof apiCampaignSummary>>
const further: { [Field in keyof Further]: Schema } = {
  members: listOf(ref('CampaignMember')),
  game_masters: listOf(gameMaster),
  sessions: about('The latest first, at most twenty.', listOf(ref('CampaignSession'))),
}
export const campaignSchema = withFields(campaignSummarySchema, further)
