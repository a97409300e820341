import type { AccountProfile, Provider, Random } from '#oauth/types'
import { hasRefreshPath } from '#services/refresh_path'
import { validated, verdict, type JudgeInput, type Judgement } from '#services/verification/judgement'
import { needsProof, renewedBy, type Subject } from '#services/verification/subject'
import { isKeptAlways } from '#token_refresh/keep_alive'
import { nextRefreshAt } from '#token_refresh/refresh_schedule'
import type { Value } from '#store/driver'

/** What is told of a token that is good and not ours, under the code of its finding. */
export const FOREIGN = {
  other_account: 'The stored token belongs to another account at the provider.',
  other_client: 'The stored token was issued to another client than the one that is configured here.',
}

/**
 * What follows where the provider accepts the token: names are synchronised, and an account that was suspended, locked
 * or given up without a refresh token comes back. Pure.
 */
export function accepted(input: JudgeInput, profile: AccountProfile | null): Judgement {
  const { subject, provider, now } = input
  const seen = { ...validated(now), ...profileColumns(subject, profile) }
  const comesBack = isTroubled(subject, provider) && !needsProof(subject, provider)
  const columns = comesBack ? { ...seen, ...backInService(input) } : { ...seen, ...unaccused(subject) }
  const gaveUp = needsProof(subject, provider)
  return {
    verdict: verdict(gaveUp ? 'invalid' : 'valid', gaveUp ? 'needs_reauth' : 'valid'),
    change: { columns, condition: comesBack },
    transition: comesBack ? 'recovered' : null,
  }
}

/** What a passed test can set right. A strike of the refresh token is not among it: the access token proves another thing. */
function isTroubled(subject: Subject, provider: Provider): boolean {
  const { status, isActive, isSuspended, tokenRefreshFailedAt } = subject
  if (!isActive || isSuspended) return true
  if (status !== 'connected' && status !== 'token_expired') return true
  return tokenRefreshFailedAt !== null && renewedBy(subject, provider) === null
}

function backInService({ subject, provider, now, random }: JudgeInput): Record<string, Value> {
  return {
    status: 'connected',
    status_reason: null,
    error_code: null,
    error_message: null,
    is_active: true,
    is_suspended: false,
    suspended_at: null,
    suspended_reason: null,
    token_refresh_failed_at: null,
    retry_count: 0,
    next_refresh_at: plannedRefresh(subject, provider, now, random),
    next_validation_at: null,
    updated_at: now,
  }
}

function plannedRefresh(subject: Subject, provider: Provider, now: number, random: Random): number | null {
  const { expiresAt, grantExpiresAt, issuedAt, keepAliveUntil } = subject
  if (expiresAt === null || !hasRefreshPath(provider, subject)) return null
  const planned = nextRefreshAt(
    { issuedAt: issuedAt ?? now, expiresAt, grantExpiresAt },
    provider.refresh.margin,
    random
  )
  if (planned === null) return null
  const due = Math.max(planned, now)
  return isKeptAlways(provider, subject.keepAlive) || (keepAliveUntil ?? 0) >= due ? due : null
}

/** Names may change at the provider; what it does not name stays as it is. */
function profileColumns(subject: Subject, profile: AccountProfile | null) {
  const told: [string, string | undefined, string | null][] = [
    ['username', profile?.username, subject.username],
    ['display_name', profile?.displayName, subject.displayName],
    ['avatar_url', profile?.avatarUrl, subject.avatarUrl],
  ]
  return Object.fromEntries(
    told
      .filter(([, now, before]) => now !== undefined && now !== before)
      .map(([name, now]) => [name, now as string])
  )
}

function unaccused({ errorCode }: Subject): Record<string, Value> {
  return errorCode !== null && Object.hasOwn(FOREIGN, errorCode)
    ? { error_code: null, error_message: null }
    : {}
}
