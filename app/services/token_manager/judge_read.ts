import type { Provider } from '#oauth/types'
import { hasRefreshPath } from '#services/refresh_path'
import type { TokenRow } from '#services/token_manager/token_row'
import { later, person, unreadable, type TokenProblem } from '#services/token_manager/token_problem'
import { effectiveMargin } from '#token_refresh/refresh_schedule'

/** What a read may do with a row. */
export type Judgement =
  /** Hand out the stored token. */
  | { type: 'serve' }
  /** Refresh first: this connection, or the one that its token derives from. */
  | { type: 'refresh'; of: 'itself' | 'parent' }
  | { type: 'refuse'; problem: TokenProblem }

export interface JudgedRead {
  row: TokenRow
  /** Null where its definition is gone. */
  provider: Provider | null
  /** Now, on the database's clock. */
  now: number
  /** How long a first strike waits for a second one. */
  strikeWindow: number
  /** The provider of this token has refused it: it may not be handed out again, however long it would live. */
  refused?: boolean
}

/** A token that is handed out without a refresh lives at least this long, or half of its life if that is less (P1). */
const READ_MARGIN = 5 * 60_000

/** Until when the stored token is handed out without a refresh; for ever where it has no known end. */
export function freshUntil({ expiresAt, issuedAt }: Pick<TokenRow, 'expiresAt' | 'issuedAt'>): number {
  if (expiresAt === null) return Number.POSITIVE_INFINITY
  return expiresAt - effectiveMargin(READ_MARGIN, Math.max(expiresAt - issuedAt, 0))
}

/**
 * The rules of a read, pure. What only a person can mend comes first; then a token with enough life is served; then it is
 * refreshed, unless something says that nothing may be sent now. In that case a token that still lives is served.
 */
export function judgeRead(read: JudgedRead): Judgement {
  const { row, now } = read
  const problem = personProblem(read)
  if (problem) return { type: 'refuse', problem }
  if (!read.refused && now < freshUntil(row)) return { type: 'serve' }
  const path = refreshPath(read)
  if (typeof path === 'string') return { type: 'refresh', of: path }
  return isAlive(read) ? { type: 'serve' } : { type: 'refuse', problem: path }
}

/** The stored token has not lapsed, and nobody has refused it. */
export function isAlive({ row, now, refused }: JudgedRead): boolean {
  return !refused && (row.expiresAt === null || row.expiresAt > now)
}

/** What the status says that a person must do; null where a refresh may help. */
export function personProblem({ row, provider }: JudgedRead): TokenProblem | null {
  if (row.isSuspended || row.status === 'suspended') return person('account_suspended')
  if (row.status === 'needs_reauth' || row.status === 'disconnected') return person('reauth_required')
  if (row.status === 'error' && row.statusReason === 'unreadable') return unreadable(null)
  if (row.status === 'error') return person('action_required', instructionOf(row, provider))
  return row.accessToken === null ? person('reauth_required') : null
}

/** Which connection a refresh would present, or why none may be sent. */
function refreshPath({ row, provider, now, strikeWindow }: JudgedRead): 'itself' | 'parent' | TokenProblem {
  const derived = row.parentId !== null && !row.hasRefreshToken
  if (!derived && !hasRefreshPath(provider, row)) {
    return provider ? person('reauth_required') : person('action_required', PROVIDER_GONE)
  }
  if (row.isPaused) return person('action_required', PAUSED)
  if (!row.isActive) return person('action_required', INACTIVE)
  const waitsUntil = waitingUntil(row, now, strikeWindow)
  if (waitsUntil !== null) return later('refresh_retrying', waitsUntil - now, row.statusReason ?? 'retrying')
  return derived ? 'parent' : 'itself'
}

/**
 * Until when nobody but the planned retry may contact the provider: between the two strikes, and while a send whose
 * answer was lost waits for its replay, which only the schedule may decide.
 */
function waitingUntil(row: TokenRow, now: number, strikeWindow: number): number | null {
  const retryAt = Math.max(row.nextRefreshAt ?? 0, now)
  if (row.failedAt !== null && row.failedAt + strikeWindow > now) return retryAt
  const isHeld = row.leaseUntil !== null && row.leaseUntil > now
  return row.openAttempts > 0 && !isHeld && retryAt > now ? retryAt : null
}

const PROVIDER_GONE = 'Its provider is not configured any more. An operator must restore the definition.'
const PAUSED = 'Somebody paused this connection. Resume it.'
const INACTIVE = 'This connection was taken out of service. Reactivate it.'

/** The provider's own advice for the state that the account is in, from the rule that recognized it. */
function instructionOf({ statusReason, errorCode }: TokenRow, provider: Provider | null): string | null {
  if (statusReason !== 'locked') return null
  const rules = provider?.failures.filter((rule) => rule.class === 'locked' && rule.instruction) ?? []
  const [code, finer] = errorCode?.split('/') ?? []
  const named = rules.find(
    ({ error, subcode }) =>
      [error].flat().includes(code) && (subcode === undefined || [subcode].flat().includes(finer))
  )
  return (named ?? rules[0])?.instruction ?? 'The provider wants the account holder to act there first.'
}
