import type { Role } from '#models/membership'
import type { RefusalCode } from '#services/campaigns/refusals'

/** Words of the campaign room. Instants are milliseconds since the epoch on the database's clock. */

/** Who acts, and in which organization: nothing of another one is ever found. An API key has no user and acts by a role. */
export interface Actor {
  organizationId: string
  userId: string | null
  role: Role
}

/** The field of a form that a refusal is about. */
export type CampaignField = 'name' | 'windowHours' | 'hours' | 'connectionId' | 'userId'

/** Why nothing was done, with a sentence for people. `not_found` stands for all that this actor may not see, too. */
export interface Refusal {
  ok: false
  reason:
    | 'not_found'
    | 'not_allowed'
    | 'invalid'
    | 'archived'
    | 'session_is_live'
    | 'already_member'
    | 'already_game_master'
    | 'already_live'
    | 'no_members'
  /** Names the sentence; `message` is it in English. */
  code: RefusalCode
  message: string
  field?: CampaignField
  /** The live session, where there is one already. */
  sessionId?: string
}

export type Done = { ok: true } | Refusal

/** An account with which a session cannot start, or with which a live one is in trouble. */
export interface UnhealthyMember {
  connectionId: string
  name: string
  provider: string
  /** `no_window`, `window_closed`, or a reason of the verification: `rejected`, `needs_reauth`, `paused`, … */
  reason: string
  /** Why, and what to do, in words for people; never a provider's own text. */
  why: string
  advice: string
  /** Where the account is renewed; null where that would not help. */
  reconnectPath: string | null
  /** When another try makes sense. */
  retryAt: number | null
}

/** A member that a live session has trouble with, as its row keeps it. */
export interface SessionTrouble extends UnhealthyMember {
  since: number
  /** The version of the token that was found wanting. */
  tokenVersion: number
}

export type SessionStart =
  | { ok: true; sessionId: string; startedAt: number }
  | Refusal
  | { ok: false; reason: 'unhealthy'; message: string; unhealthy: UnhealthyMember[] }

export type WindowOpened = { ok: true; authorizedUntil: number; tokenExpiresAt: number | null }

/** A window that did not open, or was not changed, and what the streamer can do about it. */
export interface WindowRefused {
  ok: false
  /** A reason of `Refusal`, of a refresh (SPEC §4.4), or `no_window`. */
  reason: string
  /** Names the sentence `why`, and the one of `advice`, which may be none. */
  code: string
  adviceCode: string | null
  why: string
  advice: string
  field?: CampaignField
  reconnectPath: string | null
  retryAt: number | null
}

export type WindowResult = WindowOpened | WindowRefused

export interface CampaignSummary {
  id: string
  name: string
  windowHours: number
  archivedAt: number | null
  members: number
  /** Members whose window is open now. */
  authorized: number
  liveSessionId: string | null
  /** Troubles of the live session. */
  troubled: number
}

export interface CampaignMemberView {
  connectionId: string
  name: string
  provider: string
  ownerUserId: string | null
  avatarUrl: string | null
  /** End of the open window; null where none is open. */
  authorizedUntil: number | null
  authorizedAt: number | null
  revokedAt: number | null
  tokenExpiresAt: number | null
  lastTokenRefreshAt: number | null
  status: string
  isActive: boolean
  pausedAt: number | null
  /** What this actor may do with this member's window. */
  may: { authorize: boolean; revoke: boolean }
}

export interface SessionView {
  id: string
  state: 'live' | 'ended'
  startedBy: string | null
  startedAt: number
  endedAt: number | null
  lastCheckedAt: number
  nextCheckAt: number | null
  unhealthy: SessionTrouble[]
}

export interface CampaignDetail extends CampaignSummary {
  /** Those whom this actor may see: a streamer sees none but the own channels. */
  memberList: CampaignMemberView[]
  /** Empty for streamers. */
  gameMasters: { userId: string; name: string; email: string }[]
  /** The latest first, at most twenty. */
  sessions: SessionView[]
  may: { rename: boolean; lead: boolean; administer: boolean }
}

/** A streamer's own channel, with the campaigns that it is a member of. */
export interface Channel {
  connectionId: string
  name: string
  provider: string
  avatarUrl: string | null
  status: string
  isActive: boolean
  pausedAt: number | null
  tokenExpiresAt: number | null
  lastTokenRefreshAt: number | null
  reconnectPath: string
  campaigns: {
    id: string
    name: string
    windowHours: number
    authorizedUntil: number | null
    authorizedAt: number | null
    isLive: boolean
  }[]
}
