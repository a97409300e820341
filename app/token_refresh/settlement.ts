import type { CallRecord } from '#oauth/types'
import type { RecordFailure, RefreshKind, TrySpare, Claim, Transition } from '#token_refresh/types'

/** Tokens ready for the row: sealed, with the fingerprint of what the next refresh will present. */
export interface SealedTokens {
  accessToken: string
  /** Null keeps the stored refresh token (RFC 6749 §6). */
  refreshToken: string | null
  scopes: string[] | null
  metadata: Record<string, string> | null
  tokenExpiresAt: number | null
  expirySource: 'provider' | 'assumed' | 'never'
  grantExpiresAt: number | null
  nextRefreshAt: number | null
  credentialFp: string
  /** The answer brought a new credential, so the one that was presented may be spent. */
  rotated: boolean
  statusReason: 'not_extended' | null
  transition: Transition | null
}

/** How an attempt ends. Everything the store needs to settle it in one transaction. */
export type Ending =
  | { type: 'tokens'; tokens: SealedTokens }
  | { type: 'failure'; decision: RecordFailure }
  | { type: 'spare'; decision: TrySpare; refreshToken: string; credentialFp: string }
  /** `postponeTo`: not due before this moment. */
  | { type: 'release'; unschedule: boolean; postponeTo?: number }

export interface Settlement {
  claim: Claim
  ending: Ending
  /** Fingerprint of the credential that was presented; null where none could be opened. */
  presentedFp: string | null
  gateId: string
  kind: RefreshKind
  runId: string | null
  durationMs: number
  /** The requests that it took; absent where none was made, or an older version kept the answer. */
  calls?: readonly CallRecord[]
  /** The trace that it is told under, 32 hexadecimal digits; absent where nobody traces. */
  traceId?: string
  /** The provider keeps the grant alive always, or only within an authorization window. */
  keepAliveAlways: boolean
  /** Other accounts derive their tokens from this one's: new tokens owe them theirs. */
  hasChildren: boolean
}

export type Settled = 'stored' | 'recorded' | 'released' | 'superseded'
