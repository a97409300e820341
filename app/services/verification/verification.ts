import type { Provider } from '#oauth/types'
import type { RefreshKind, RefreshOutcome } from '#token_refresh/types'

/** The five words of X3. They add up to the total; the first two are what passed. */
export const VERIFICATION_STATES = ['valid', 'expired_refreshed', 'invalid', 'suspended', 'untested'] as const
export type VerificationState = (typeof VERIFICATION_STATES)[number]

/** What a verification found out about one connection. Instants are milliseconds since the epoch. */
export interface Verification {
  connectionId: string
  /** Null where there is no such connection. */
  provider: string | null
  username: string | null
  state: VerificationState
  /** `valid`, `refreshed`, a failure class of SPEC §4.4, or why nothing was asked: `paused`, `no_validation`, … */
  reason: string
  /** The provider's own code, where it gave one. */
  errorCode: string | null
  /** What the person must do at the provider (class `locked`). */
  instruction: string | null
  /** When another try makes sense. */
  retryAt: number | null
  expiresAt: number | null
}

/** A refresh within a verification: why it is tried, then how it ended. */
export type RefreshStep = { owner: string; provider: Provider } & (
  { type: 'trying'; why: RefreshCause } | { type: 'ended'; outcome: RefreshOutcome }
)

export type RefreshCause = 'expired' | 'expiring' | 'refused' | 'unreadable' | 'dead'

/** How thorough a verification is. */
export interface VerifyOptions {
  /** Tries one refresh where the token is expired or refused, and asks again. */
  autoRefresh?: boolean
  /** The kind of that refresh in the refresh log. */
  kind?: RefreshKind
  runId?: string | null
  /** Asks the profile endpoint too, which is where suspensions show, and synchronises name and picture. */
  profile?: boolean
  /** Refreshes a token within its provider's margin as if it had expired. */
  refreshExpiring?: boolean
  /** Tries the refresh token of a grant that counts as dead. Once a day is enough: it knocks at a closed door. */
  revive?: boolean
  onRefresh?: (step: RefreshStep) => void
}

/** A verification in which nothing was asked, or in which no answer counts. */
export function unasked(
  connectionId: string,
  reason: string,
  about: Partial<Verification> = {}
): Verification {
  return {
    connectionId,
    provider: null,
    username: null,
    state: 'untested',
    reason,
    errorCode: null,
    instruction: null,
    retryAt: null,
    expiresAt: null,
    ...about,
  }
}

/** True where the account can be used now. */
export function passed({ state }: Pick<Verification, 'state'>): boolean {
  return state === 'valid' || state === 'expired_refreshed'
}

/** The same, where a provider without any test speaks against nobody whose token lives. */
export function isUsable(found: Pick<Verification, 'state' | 'reason'>): boolean {
  return passed(found) || (found.state === 'untested' && found.reason === 'no_validation')
}
