import type { Random } from '#oauth/types'

/** Tokens that live shorter than this are refreshed when somebody asks for them, not ahead. */
const ON_DEMAND_ONLY = 10_000
/** By which share of the margin chance may bring a refresh forward where nobody says otherwise. */
export const JITTER = 0.1

export interface Lifetime {
  /** When the tokens arrived. */
  issuedAt: number
  /** When the access token ends; null: never, as far as anybody knows. */
  expiresAt: number | null
  /** When the grant itself ends, if that is known. */
  grantExpiresAt: number | null
}

/** The part of a token's life, in milliseconds, in which it counts as expiring: the margin, at most half of its life. */
export function effectiveMargin(margin: number, life: number): number {
  return Math.min(margin, life / 2)
}

/** From when on the provider renews a token that was issued then; null where that is now or nobody knows. */
export function tooYoungUntil(issuedAt: number | null, minimumAge: number, now: number): number | null {
  if (issuedAt === null || issuedAt + minimumAge <= now) return null
  // Issued in the future: a clock was set back, which must not lock the token up.
  return issuedAt <= now ? issuedAt + minimumAge : null
}

/**
 * When a token is due (SPEC §4.2): expiry minus the provider's margin minus up to that share of it as jitter. The margin
 * is at most half of the token's life, so that a short-lived token does not spin. Null means that nothing is planned: the
 * expiry is unknown, or the life is so short that the token is served on demand.
 */
export function nextRefreshAt(
  lifetime: Lifetime,
  margin: number,
  random: Random,
  jitter = JITTER
): number | null {
  const { issuedAt, expiresAt, grantExpiresAt } = lifetime
  if (expiresAt === null) return null
  const life = expiresAt - issuedAt
  if (life < ON_DEMAND_ONLY) return null
  const ahead = effectiveMargin(margin, life) * (1 + jitter * random())
  const planned = expiresAt - ahead
  const beforeGrantEnds = grantExpiresAt === null ? planned : Math.min(planned, grantExpiresAt - ahead)
  return Math.round(beforeGrantEnds > issuedAt ? beforeGrantEnds : planned)
}
