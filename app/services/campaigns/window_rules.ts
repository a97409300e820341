import type { Provider, Random } from '#oauth/types'
import { hasRefreshPath } from '#services/refresh_path'
import { isKeptAlways, toKeepAlive, type KeepAlive } from '#token_refresh/keep_alive'
import { nextRefreshAt } from '#token_refresh/refresh_schedule'
import type { Row } from '#store/driver'
import type { RefreshOutcome } from '#token_refresh/types'
import { instantOf } from '#services/campaigns/rows'

/** What of a connection decides about its windows. */
export interface WindowToken {
  status: string
  statusReason: string | null
  isActive: boolean
  isPaused: boolean
  issuedAt: number | null
  expiresAt: number | null
  grantExpiresAt: number | null
  tokenRefreshFailedAt: number | null
  nextRefreshAt: number | null
  tokenType: 'oauth2' | 'oauth1a' | 'static'
  hasRefreshToken: boolean
  keepAlive: KeepAlive | null
}

export function toToken(row: Row): WindowToken {
  return {
    status: row.status as string,
    statusReason: row.status_reason as string | null,
    isActive: Boolean(row.is_active),
    isPaused: row.paused_at !== null,
    issuedAt: instantOf(row.last_token_refresh_at) ?? instantOf(row.granted_at),
    expiresAt: instantOf(row.token_expires_at),
    grantExpiresAt: instantOf(row.grant_expires_at),
    tokenRefreshFailedAt: instantOf(row.token_refresh_failed_at),
    nextRefreshAt: instantOf(row.next_refresh_at),
    tokenType: row.token_type as WindowToken['tokenType'],
    hasRefreshToken: row.refresh_token !== null,
    keepAlive: toKeepAlive(row.keep_alive),
  }
}

/** Why a connection can have no window whatever its token is worth; null where nothing speaks against it. */
export function obstacleOf(token: WindowToken): string | null {
  if (token.isPaused) return 'paused'
  if (token.status === 'needs_reauth' || token.status === 'suspended' || token.status === 'disconnected')
    return token.status
  if (token.isActive) return null
  return token.statusReason === 'locked' ? 'locked' : 'inactive'
}

/** How the refresh for a grant ended. */
export interface Renewal {
  status: RefreshOutcome['status']
  reason: string
  retryAt: number | null
  /** There is no way to refresh it, but the provider was asked and accepts it. */
  tested?: boolean
}

/**
 * Refreshes that stored nothing new through no fault of the grant: somebody else was faster, or the provider renews no
 * token that is still young. The token in hand then decides.
 */
const TOKEN_DECIDES: ReadonlySet<string> = new Set(['superseded', 'not_extended', 'too_young'])

/**
 * Why a refresh that was made for a grant does not open its window; null where it does (T1). A token that this refresh
 * did not renew counts if it outlives the window, or can be renewed later and has at least half of its life left.
 */
export function grantProblem(
  { status, reason, tested = false }: Renewal,
  token: WindowToken,
  now: number,
  until: number
): string | null {
  if (status !== 'refreshed' && !tested && !TOKEN_DECIDES.has(reason)) return reason
  const obstacle = obstacleOf(token)
  if (obstacle) return obstacle
  if (token.status !== 'connected' || token.tokenRefreshFailedAt !== null) return 'refresh_retrying'
  const { expiresAt, issuedAt } = token
  if (expiresAt === null) return null
  if (expiresAt <= now) return 'expired'
  if (status === 'refreshed' || expiresAt >= until) return null
  if (tested) return 'no_refresh_path'
  const halfLeft = issuedAt !== null && expiresAt - now >= now - issuedAt
  return halfLeft ? null : 'expiring'
}

/**
 * When a connection is due after its windows changed (T3). Where it is kept alive always, windows end no plan. A plan within
 * the windows stands, and one beyond them ends, except a retry that is owed to a first strike: only that tells whether
 * the grant is dead. A connection that had been parked is planned anew.
 */
export function replanned(
  provider: Provider | null,
  token: WindowToken,
  keepAliveUntil: number | null,
  now: number,
  random: Random
): number | null {
  if (!provider) return token.nextRefreshAt
  const always = isKeptAlways(provider, token.keepAlive)
  const isWithin = (planned: number) => always || (keepAliveUntil !== null && keepAliveUntil >= planned)
  if (token.nextRefreshAt !== null) {
    return isWithin(token.nextRefreshAt) || token.tokenRefreshFailedAt !== null ? token.nextRefreshAt : null
  }
  if (!token.isActive || !hasRefreshPath(provider, token)) return null
  const planned = dueAt(provider, token, now, random)
  return planned !== null && isWithin(planned) ? planned : null
}

function dueAt(
  { refresh }: Provider,
  { expiresAt, issuedAt, grantExpiresAt }: WindowToken,
  now: number,
  random: Random
): number | null {
  if (expiresAt === null) return null
  const planned = nextRefreshAt(
    { issuedAt: issuedAt ?? now, expiresAt, grantExpiresAt },
    refresh.margin,
    random
  )
  if (planned === null) return null
  const notBefore = issuedAt === null ? now : issuedAt + refresh.minimumAge
  return Math.round(Math.max(planned, notBefore, now))
}
