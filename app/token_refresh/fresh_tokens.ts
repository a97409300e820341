import type { TokenSet } from '#oauth/types'
import type { PolicyInput } from '#token_refresh/refresh_policy'
import { nextRefreshAt } from '#token_refresh/refresh_schedule'
import { isToldTrouble } from '#token_refresh/transition_events'
import type { Claim, StoreTokens } from '#token_refresh/types'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Instants closer than this are the same one, told twice. */
const TOLERANCE = HOUR

/**
 * What a successful answer stores: expiry, the two clocks of the grant, and when to refresh next. Where the access token
 * itself is presented, a provider may answer with tokens that live no longer than before (Meta); they are stored as what
 * they are, with the reason `not_extended`, and never taken for renewed.
 */
export function storeTokens(input: PolicyInput, tokens: TokenSet): StoreTokens {
  const { claim, now } = input
  const expiry = expiryOf(input, tokens)
  const notExtended = isNotExtended(input, tokens, expiry.tokenExpiresAt)
  const statusReason = notExtended ? 'not_extended' : null
  const recovered = wasTroubled(claim) ? 'recovered' : null
  const grantExpiresAt = notExtended
    ? endOfUnextended(claim, expiry.tokenExpiresAt as number)
    : grantEnd(input, tokens)
  return {
    outcome: 'success',
    tokens,
    ...expiry,
    grantExpiresAt,
    nextRefreshAt: notExtended
      ? nextTry(input, expiry.tokenExpiresAt as number)
      : plan(input, { issuedAt: now, expiresAt: expiry.tokenExpiresAt, grantExpiresAt }),
    statusReason,
    transition: notExtended && claim.statusReason !== 'not_extended' ? 'not_extended' : recovered,
  }
}

/** An exchange that names no expiry has extended nothing that could be counted on: the known one stays. */
function expiryOf({ claim, provider, now }: PolicyInput, tokens: TokenSet) {
  const { expiresIn } = tokens
  const known = claim.tokenExpiresAt
  if (expiresIn === null && known !== null && known > now && isExchange(provider, claim, tokens)) {
    return { tokenExpiresAt: known, expirySource: 'assumed' as const }
  }
  const lifetime = expiresIn ?? provider.refresh.assumedLifetime
  return {
    tokenExpiresAt: lifetime === null ? null : now + lifetime,
    expirySource: expiresIn !== null ? 'provider' : lifetime === null ? 'never' : 'assumed',
  } as const
}

function isExchange({ refreshRequest }: PolicyInput['provider'], claim: Claim, tokens: TokenSet): boolean {
  return refreshRequest !== null && claim.refreshToken === null && tokens.refresh_token === null
}

/** A full life is longer than what was left by the time that has passed; half of that tells the two cases apart. */
function isNotExtended(
  { claim, provider, now }: PolicyInput,
  tokens: TokenSet,
  fresh: number | null
): boolean {
  const known = claim.tokenExpiresAt
  if (known === null || fresh === null || known <= now || !isExchange(provider, claim, tokens)) return false
  const passed = claim.issuedAt === null ? Number.POSITIVE_INFINITY : Math.max(0, now - claim.issuedAt)
  return fresh - known <= Math.min(TOLERANCE, passed / 2)
}

/** The token's end is the grant's end. It is told anew with each try, some seconds apart: the first word stays. */
function endOfUnextended(claim: Claim, tokenExpiresAt: number): number {
  const known = claim.grantExpiresAt
  return known !== null && known < tokenExpiresAt + TOLERANCE ? known : tokenExpiresAt
}

function grantEnd({ claim, provider, now }: PolicyInput, tokens: TokenSet): number | null {
  const { grantLifetime, grantLifetimeFrom } = provider.refresh
  if (tokens.grantExpiresIn !== null) return steady(claim.grantExpiresAt, now + tokens.grantExpiresIn)
  if (grantLifetime !== null && grantLifetimeFrom === 'refresh' && !wasTold(claim, grantLifetime)) {
    return now + grantLifetime
  }
  if (claim.statusReason !== 'not_extended') return claim.grantExpiresAt
  // The stored one was the end of a token that has been extended after all.
  return claim.grantedAt === null || grantLifetime === null ? null : claim.grantedAt + grantLifetime
}

/** An end before that of the definition is the provider's own word, such as for an application on trial: it stays. */
function wasTold({ grantExpiresAt, issuedAt, statusReason }: Claim, grantLifetime: number): boolean {
  if (statusReason === 'not_extended') return false
  return grantExpiresAt !== null && issuedAt !== null && grantExpiresAt < issuedAt + grantLifetime - TOLERANCE
}

/** A provider that counts down names the same end each time, give or take the way of the answer. */
function steady(known: number | null, told: number): number {
  return known !== null && Math.abs(known - told) < TOLERANCE ? known : told
}

/**
 * A token that the provider renews only from a certain age on is not due before. A connection may wish to be refreshed
 * earlier than its provider's definition says, never later.
 */
function plan({ claim, provider, now, random }: PolicyInput, lifetime: Parameters<typeof nextRefreshAt>[0]) {
  const { minimumAge } = provider.refresh
  const margin = Math.max(provider.refresh.margin, claim.refreshMargin ?? 0)
  const planned = nextRefreshAt(lifetime, margin, random, claim.refreshJitter ?? undefined)
  return planned === null ? null : Math.max(planned, now + minimumAge)
}

/** Once a day within the margin; on the last day once more before the end, and at the end itself, which tells. */
function nextTry({ provider, now, random }: PolicyInput, expiresAt: number): number {
  const daily = now + DAY - HOUR * random()
  const planned = Math.max(daily, expiresAt - provider.refresh.margin)
  if (planned < expiresAt) return Math.round(planned)
  return expiresAt - now > 2 * HOUR ? expiresAt - HOUR : expiresAt
}

function wasTroubled(claim: Claim): boolean {
  return isToldTrouble(claim) || claim.tokenRefreshFailedAt !== null
}
