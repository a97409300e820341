import { openUntil, reconnectPathOf, type MemberRow } from '#services/campaigns/rows'
import type { SessionTrouble, UnhealthyMember } from '#services/campaigns/types'
import { adviceOn, type Advice } from '#services/verification/advice'
import type { Unhealthy } from '#services/health_check_service'

const WINDOW_WORDS: Readonly<Record<string, Advice>> = {
  no_window: {
    why: 'The streamer has not let the campaign use the channel.',
    action: 'Ask the streamer to grant it.',
  },
  window_closed: {
    why: 'The time that the streamer granted is over.',
    action: 'Ask the streamer to grant it again.',
  },
}

/** Reasons that a new consent helps against. */
const RECONNECTABLE: ReadonlySet<string> = new Set([
  'expired',
  'rejected',
  'needs_reauth',
  'inactive',
  'no_refresh_path',
  'refresh_retrying',
  'unreadable',
  'unknown',
  'other_account',
  'other_client',
  'disconnected',
])

/** Trouble of the moment, which says nothing about an account: it keeps a session from starting, but ends no live one. */
const PASSING: ReadonlySet<string> = new Set([
  'not_sent',
  'unavailable',
  'ambiguous',
  'rate_limited',
  'provider_paused',
  'provider_busy',
  'stopping',
  'superseded',
])

/** Why the window of a member does not allow a session now; null where it does. */
export function windowProblem(member: MemberRow, now: number): 'no_window' | 'window_closed' | null {
  if (openUntil(member, now) !== null) return null
  return member.revokedAt === null && member.authorizedUntil !== null ? 'window_closed' : 'no_window'
}

/** Why a member cannot be used, as far as its row tells without asking anybody; null where nothing speaks against it. */
export function rowProblem(member: MemberRow, now: number): string | null {
  const window = windowProblem(member, now)
  if (window) return window
  if (member.pausedAt !== null) return 'paused'
  const { status, statusReason, isActive, tokenExpiresAt } = member
  if (status === 'needs_reauth' || status === 'suspended' || status === 'disconnected') return status
  if (status === 'error') return statusReason ?? 'unknown'
  if (!isActive) return 'inactive'
  return tokenExpiresAt !== null && tokenExpiresAt <= now ? 'expired' : null
}

/** A member and what is wrong with it, in words for people. */
export function unhealthy(member: MemberRow, reason: string, retryAt: number | null = null): UnhealthyMember {
  const { connectionId, name, provider } = member
  const isWindow = Object.hasOwn(WINDOW_WORDS, reason)
  const { why, action } = isWindow ? WINDOW_WORDS[reason] : adviceOn({ reason, instruction: null })
  const reconnectPath = RECONNECTABLE.has(reason) ? reconnectPathOf(connectionId) : null
  return { connectionId, name, provider, reason, why, advice: action, reconnectPath, retryAt }
}

/** What a check before a session found, in the same words; a provider's code is left behind. */
export function unhealthyFrom(member: MemberRow, { reason, action, retryAt }: Unhealthy): UnhealthyMember {
  return { ...unhealthy(member, reason, retryAt), advice: action }
}

export interface SessionState {
  before: readonly SessionTrouble[]
  members: readonly MemberRow[]
  /** What a check that has just ended found; null where nobody was asked. */
  checked: readonly Unhealthy[] | null
  now: number
}

export interface SessionVerdict {
  troubles: SessionTrouble[]
  /** Those that were not known before, or only of an older token. */
  fresh: SessionTrouble[]
  changed: boolean
  /** A member that was in trouble may be well again; only a check can tell. */
  checkNow: boolean
}

/**
 * How a live session stands: pure. What the rows say holds at once; what a check found holds until the next check, which
 * is due at once where the member has other tokens by then, or nothing in its row speaks against it any more.
 */
export function judgeSession({ before, members, checked, now }: SessionState): SessionVerdict {
  const known = new Map(before.map((trouble) => [trouble.connectionId, trouble]))
  const found = new Map((checked ?? []).map((one) => [one.connectionId, one]))
  const troubles: SessionTrouble[] = []
  let checkNow = false
  for (const member of members) {
    const previous = known.get(member.connectionId)
    const { tokenVersion } = member
    const since = previous?.since ?? now
    const problem = rowProblem(member, now)
    const finding = found.get(member.connectionId)
    if (problem) troubles.push({ ...unhealthy(member, problem), since, tokenVersion })
    else if (finding && !PASSING.has(finding.reason)) {
      troubles.push({ ...unhealthyFrom(member, finding), since, tokenVersion })
    } else if (checked === null && previous) {
      const isCured = ROW_REASONS.has(previous.reason)
      if (!isCured) troubles.push(previous)
      checkNow ||= isCured || previous.tokenVersion !== tokenVersion
    }
  }
  const isNew = ({ connectionId, tokenVersion }: SessionTrouble) =>
    known.get(connectionId)?.tokenVersion !== tokenVersion
  const changed = troubles.map(gist).join() !== before.map(gist).join()
  return { troubles, fresh: troubles.filter(isNew), changed, checkNow }
}

const gist = ({ connectionId, reason, tokenVersion, retryAt }: SessionTrouble) =>
  [connectionId, reason, tokenVersion, retryAt].join('/')

/** What a row tells, and what is over when it tells so no more. Other reasons come from a check and last until the next. */
const ROW_REASONS: ReadonlySet<string> = new Set([
  'no_window',
  'window_closed',
  'paused',
  'needs_reauth',
  'suspended',
  'disconnected',
  'inactive',
  'locked',
  'expired',
])

/** The minutes after which a session is checked again: hourly (T8), sooner while somebody is in trouble. */
export function nextCheckAfter(now: number, hasTrouble: boolean, hadPassing: boolean): number {
  return now + (hasTrouble || hadPassing ? 5 : 60) * 60_000
}

export function isPassing({ reason }: Pick<Unhealthy, 'reason'>): boolean {
  return PASSING.has(reason)
}
