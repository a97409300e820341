import type { ReAuthCode } from '#exceptions/re_auth_required_error'
import type { TokenRefreshCode } from '#exceptions/token_refresh_error'
import type { RefreshOutcome } from '#token_refresh/types'

/** Why a read gives no token, before it becomes one of the two typed errors. */
export type TokenProblem =
  | { who: 'person'; code: ReAuthCode; instruction: string | null }
  /** `retryAfter` in milliseconds; `reason` is the failure class or why nothing was sent. */
  | { who: 'time'; code: TokenRefreshCode; retryAfter: number; reason: string }

/** Shortest wait that callers are told, and the one where nobody knows, in milliseconds. */
const SHORTEST_WAIT = 1_000
const USUAL_WAIT = 5_000
/** An operator must give the key back; there is no use in asking often. */
const UNREADABLE_WAIT = 60_000

export function person(code: ReAuthCode, instruction: string | null = null): TokenProblem {
  return { who: 'person', code, instruction }
}

export function later(code: TokenRefreshCode, wait: number, reason: string): TokenProblem {
  return { who: 'time', code, retryAfter: Math.max(SHORTEST_WAIT, Math.ceil(wait)), reason }
}

/** A stored token that does not open is there all the same: it comes back with its key. */
export function unreadable(retryAt: number | null, now = 0): TokenProblem {
  return later('refresh_retrying', retryAt === null ? UNREADABLE_WAIT : retryAt - now, 'unreadable')
}

/** What the outcome of a refresh means to a reader whose stored token cannot be handed out. */
export function problemOf(outcome: RefreshOutcome, nextRefreshAt: number | null, now: number): TokenProblem {
  const { status, reason, errorCode } = outcome
  const planned = outcome.retryAt ?? nextRefreshAt
  const wait = planned === null ? USUAL_WAIT : planned - now
  if (reason === 'not_found') return person('not_found')
  if (reason === 'paused' || reason === 'inactive') return person('action_required')
  if (reason === 'no_refresh_path') return person('reauth_required')
  if (reason === 'rate_limited' || reason === 'provider_busy') return later('rate_limited', wait, reason)
  if (status === 'deferred' && errorCode === 'rate_limited') return later('rate_limited', wait, errorCode)
  return later(PROVIDER_IS_AWAY.has(reason) ? 'provider_unavailable' : 'refresh_retrying', wait, reason)
}

const PROVIDER_IS_AWAY: ReadonlySet<string> = new Set([
  'provider_paused',
  'quarantine',
  'configuration',
  'unavailable',
  'not_sent',
])
