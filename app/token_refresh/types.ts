import type { Failure, FailureClass, TokenSet } from '#oauth/types'

/** Words of the decision room. Instants are milliseconds since the epoch on the database's clock. */

export const REFRESH_KINDS = ['scheduled', 'manual', 'on_demand', 'grant', 'health_check', 'test'] as const
export type RefreshKind = (typeof REFRESH_KINDS)[number]

/** How a refresh was asked for. */
export interface RefreshRequest {
  kind: RefreshKind
  /** Refreshes an inactive connection too; never a paused one. */
  force?: boolean
  runId?: string | null
  /** The version that the caller judged by. Where it has moved on, somebody else's refresh has served this caller. */
  tokenVersion?: number
}

/** A connection as it was when it was claimed; everything that decisions and requests need, tokens sealed. */
export interface Claim {
  attemptId: string
  connectionId: string
  organizationId: string
  provider: string
  owner: string
  tokenType: 'oauth2' | 'oauth1a' | 'static'
  accessToken: string | null
  refreshToken: string | null
  spareRefreshToken: string | null
  scopes: string[]
  /** When this token was issued: at its last refresh, else with the grant; null where nobody knows. */
  issuedAt: number | null
  tokenExpiresAt: number | null
  grantedAt: number | null
  grantExpiresAt: number | null
  tokenVersion: number
  grantGeneration: number
  tokenRefreshFailedAt: number | null
  status: string
  statusReason: string | null
  isActive: boolean
  /** Sends before this one whose outcome nobody knows. Above zero the connection is in doubt. */
  openAttempts: number
  /** Consecutive attempts that failed without speaking against the grant. */
  retryCount: number
  config: Record<string, string>
  metadata: Record<string, string>
  /** The connection's own wish to be refreshed earlier than its provider's definition says, in milliseconds. */
  refreshMargin?: number | null
  /** The share of its margin by which chance may bring its refresh forward, 0 to 0.5; null: as usual. */
  refreshJitter?: number | null
  /** When the claim was made, and when its lease ends. */
  claimedAt: number
  leaseUntil: number
}

/** Timing of strikes and retries, in milliseconds; from `config/token_refresh.ts`, partly overridden per provider. */
export interface RefreshTiming {
  strikeRetry: number
  strikeWindow: number
  strikeSpacing: number
  transientStrikes: boolean
  retryAttempts: number
  retryBase: number
  retryCap: number
  rateLimitWait: number
  configurationProbe: number
}

/** A change of a connection's condition that somebody may want to hear of. */
export type Transition =
  | 'first_strike'
  | 'deactivated'
  | 'suspended'
  | 'locked'
  | 'lapsed'
  | 'recovered'
  /** The provider answered, but the token lives no longer than before (M2). */
  | 'not_extended'

/** The answer brought tokens: what to store. */
export interface StoreTokens {
  outcome: 'success'
  tokens: TokenSet
  tokenExpiresAt: number | null
  expirySource: 'provider' | 'assumed' | 'never'
  grantExpiresAt: number | null
  nextRefreshAt: number | null
  /** `not_extended` where the answer brought tokens, but no longer life. */
  statusReason: 'not_extended' | null
  transition: Transition | null
}

/** The attempt failed: what becomes of the connection. */
export interface RecordFailure {
  outcome: 'failed'
  failure: Failure
  /** 0: speaks not against the grant, or too early to count. */
  strike: 0 | 1 | 2
  status: string
  statusReason: string | null
  isActive: boolean
  tokenRefreshFailedAt: number | null
  nextRefreshAt: number | null
  /** True where the retry is owed even outside an authorization window. */
  retryIsOwed: boolean
  retryCount: number
  /** Whether this send stays an open question. */
  staysInDoubt: boolean
  suspended: boolean
  transition: Transition | null
}

/** The refresh token was refused, but a successor that lost a race is at hand: use that one next. */
export interface TrySpare {
  outcome: 'try_spare'
  failure: Failure
}

export type Decision = StoreTokens | RecordFailure | TrySpare

/** What a caller learns about one connection. */
export interface RefreshOutcome {
  connectionId: string
  /** `deferred`: nothing was sent because the provider's gate is closed until `retryAt`. */
  status: 'refreshed' | 'failed' | 'skipped' | 'deferred'
  /** `refreshed`, a failure class, or why nothing was done: `not_found`, `paused`, `inactive`, `no_refresh_path`, … */
  reason: FailureClass | RefreshReason
  errorCode: string | null
  oldExpiresAt: number | null
  newExpiresAt: number | null
  retryAt: number | null
  attemptId: string | null
  strike: number
}

export type RefreshReason =
  | 'refreshed'
  | 'not_extended'
  | 'too_young'
  | 'superseded'
  | 'not_found'
  | 'paused'
  | 'inactive'
  | 'no_refresh_path'
  | 'abandoned'
  | 'stopping'
  | 'provider_paused'
  | 'quarantine'
  | 'provider_busy'
