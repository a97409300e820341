import type { Account, TokenRecord } from '#simulator/account'

/** What a refresh or a code exchange gives. */
export interface Issued {
  access: TokenRecord
  /** The refresh token to name; null: the answer names none. */
  refresh: TokenRecord | null
}

export interface RefreshOrder {
  presented: TokenRecord
  now: number
  /** Null: as the dialect does by itself. */
  rotate: boolean | null
  /** The answer leaves the refresh token out. */
  withhold: boolean
  /** Null: as the dialect does by itself. */
  extend: boolean | null
}

/** A first pair, as after a consent. `life` replaces the access token's life where it is short. */
export function issuePair(account: Account, now: number, offline: boolean, life?: number): Issued {
  const { tokens } = account.dialect
  account.consentedAt = now
  const access = account.issue('access', now, life ?? tokens.accessLife, life === undefined)
  const withRefresh = offline && tokens.presents === 'refresh'
  return { access, refresh: withRefresh ? account.issue('refresh', now, tokens.refreshLife) : null }
}

/** A living token as the rules see it: unspent, or spent within its grace. */
export function isUsable({ account, live, spentAt, expiresAt }: TokenRecord, now: number): boolean {
  const { reuse, grace = 0 } = account.dialect.tokens
  if (!live || (expiresAt !== null && expiresAt <= now)) return false
  return spentAt === null || reuse === 'static' || (reuse === 'grace' && now - spentAt < grace)
}

/** Grants a refresh. The new tokens live and what is spent is spent, before anybody hears of it. */
export function renew(order: RefreshOrder): Issued {
  const { account } = order.presented
  account.refreshes += 1
  const issued = order.presented.kind === 'access' ? exchange(order) : renewPair(order)
  endSurplus(account)
  return issued
}

function renewPair({ presented, now, rotate, withhold }: RefreshOrder): Issued {
  const { account } = presented
  const { rotates, unrotated, refreshLife, refreshLifeFrom } = account.dialect.tokens
  const access = account.issue('access', now, accessLifeBeside(presented, now))
  if (withhold) return { access, refresh: null }
  if (!(rotate ?? rotates)) return { access, refresh: unrotated === 'same' ? presented : null }
  presented.spentAt ??= now
  const from = refreshLifeFrom === 'refresh' ? now : account.consentedAt
  const left = refreshLife === null ? null : from + refreshLife - now
  return { access, refresh: account.issue('refresh', now, left) }
}

function accessLifeBeside({ account, expiresAt }: TokenRecord, now: number): number | null {
  const { accessLife, accessCapped } = account.dialect.tokens
  const capped = accessCapped && accessLife !== null && expiresAt !== null
  return capped ? Math.min(accessLife, expiresAt - now) : accessLife
}

/** An access token that is traded for its successor: the life is new only where the vendor gives a new one. */
function exchange({ presented, now, rotate, extend }: RefreshOrder): Issued {
  const { account } = presented
  const { rotates, accessLife, extends: byDefault = true } = account.dialect.tokens
  const renewed = extend ?? (byDefault || !presented.longLived)
  const left = renewed || presented.expiresAt === null ? accessLife : presented.expiresAt - now
  if (rotate ?? (rotates || !presented.longLived)) {
    return { access: account.issue('access', now, left), refresh: null }
  }
  const same = { ...presented, expiresAt: left === null ? null : now + left }
  account.tokens.splice(account.tokens.indexOf(presented), 1, same)
  return { access: same, refresh: null }
}

function endSurplus(account: Account): void {
  const { liveAccess = Number.POSITIVE_INFINITY } = account.dialect.tokens
  const living = account.tokens.filter(({ kind, live }) => kind === 'access' && live)
  for (const token of living.slice(0, Math.max(0, living.length - liveAccess))) token.live = false
}
