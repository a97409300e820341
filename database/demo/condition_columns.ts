import type { CastAccount } from '#database/demo/cast'
import type { Condition, RefusalWords } from '#database/demo/demo_script'
import { pick } from '#database/demo/random'
import { DAY, HOUR, MINUTE, SECOND } from '#database/demo/times'
import type { Provider, Random } from '#oauth/types'
import type { Value } from '#store/driver'
import { effectiveMargin, nextRefreshAt } from '#token_refresh/refresh_schedule'

export interface LifeInput {
  account: CastAccount
  provider: Provider
  /** How long its access tokens live, in milliseconds; null: without end. */
  life: number | null
  refusal: RefusalWords
  suspension: string
  /** Its place among those of the same condition. */
  index: number
  random: Random
  now: number
}

/** Columns of a connection; instants are those whose names end with `_at`. */
export type Columns = Record<string, Value>

const STRIKE_RETRY = 15 * MINUTE

/** The token's life as it stands: from its last refresh to its end, and when the next refresh is planned. Pure. */
export function lifeColumns({ account, provider, life, index, random, now }: LifeInput): Columns {
  if (life === null)
    return { ...origin(now - account.age, now), token_expires_at: null, next_refresh_at: null }
  const margin = effectiveMargin(provider.refresh.margin, life)
  const due = dueAt(account.condition, index, random, now)
  const expires = due === null ? now + margin + (life - margin) * (0.04 + 0.92 * random()) : due + margin
  const last = Math.round(expires - life)
  const granted = Math.min(last, Math.round(now - account.age))
  const { grantLifetime, grantLifetimeFrom } = provider.refresh
  const from = grantLifetimeFrom === 'consent' ? granted : last
  const lifetime = {
    issuedAt: last,
    expiresAt: expires,
    grantExpiresAt: grantLifetime && from + grantLifetime,
  }
  return {
    ...origin(granted, now),
    last_token_refresh_at: last,
    token_expires_at: Math.round(expires),
    grant_expires_at: lifetime.grantExpiresAt,
    next_refresh_at: Math.round(due ?? nextRefreshAt(lifetime, provider.refresh.margin, random) ?? now + DAY),
    last_refresh_status: 'success',
    // Where tokens are kept only while a campaign may use them, most people here want theirs kept always.
    keep_alive: provider.refresh.keepAlive === 'always' || account.condition === 'due' ? null : 'always',
  }
}

function origin(granted: number, now: number): Columns {
  const at = Math.round(granted)
  return { connected_at: at, granted_at: at, created_at: at, updated_at: now }
}

/** When the account became or becomes due; null where that is of no account. */
function dueAt(condition: Condition, index: number, random: Random, now: number): number | null {
  if (condition === 'soon') return now + (5 + 40 * index) * SECOND
  if (condition === 'revoked') return now + (20 + 25 * index) * SECOND
  if (condition === 'slow') return now + index * 6 * SECOND
  if (condition === 'retrying') return now - (2 + 2 * index) * MINUTE
  if (condition === 'due') return now - (5 + 35 * random()) * MINUTE
  if (condition === 'reconnect') return now - (1 + 12 * index + 8 * random()) * HOUR
  return null
}

/** What became of it, on top of its token's life. Pure. */
export function conditionColumns(input: LifeInput, life: Columns): Columns {
  const { account, refusal, suspension, index, now, random } = input
  const due = Number(life.next_refresh_at)
  const refused = { error_code: refusal.code, error_message: refusal.message, last_refresh_status: 'error' }
  switch (account.condition) {
    case 'reconnect': {
      const dead = { status: 'needs_reauth', status_reason: 'rejected', is_active: false }
      return { ...refused, ...dead, next_refresh_at: null }
    }
    case 'suspended': {
      const at = now - 3 * DAY
      const given = {
        status: 'suspended',
        status_reason: 'suspended',
        is_active: false,
        next_refresh_at: null,
      }
      return { ...given, is_suspended: true, suspended_at: at, suspended_reason: suspension }
    }
    case 'retrying': {
      const next = due + STRIKE_RETRY
      return {
        ...refused,
        status_reason: 'rejected',
        token_refresh_failed_at: due,
        next_refresh_at: next,
      }
    }
    case 'paused':
      return { paused_at: now - (1 + index) * DAY - Math.round(random() * 5 * HOUR) }
    case 'due':
      return { next_refresh_at: null }
    default:
      return {}
  }
}

/** When the token as it stands became or becomes due; for an account that was given up, when it was refused first. */
export function dueOf({ provider, life }: LifeInput, columns: Columns): number {
  return Number(columns.token_expires_at) - effectiveMargin(provider.refresh.margin, life ?? 0)
}

/** How a provider's people refuse; some say no more than the RFC does. */
export function refusalOf(refusals: Record<string, RefusalWords> & { others: RefusalWords }, id: string) {
  return Object.hasOwn(refusals, id) ? refusals[id] : refusals.others
}

/** How long a refresh took, in milliseconds: mostly quick, now and then not. */
export function durationOf(random: Random): number {
  const usual = 90 + 180 * random() + 60 * random()
  return Math.round(usual * pick(random, [1, 1, 1, 1, 1, 1.4, 1.8, 4]))
}
