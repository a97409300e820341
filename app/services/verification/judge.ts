import type { Failure } from '#oauth/types'
import { accepted, FOREIGN } from '#services/verification/accepted'
import { validated, verdict, type JudgeInput, type Judgement } from '#services/verification/judgement'
import { renewedBy } from '#services/verification/subject'
import type { Value } from '#store/driver'
import { strike } from '#token_refresh/strikes'

/**
 * What follows from a finding: pure. Only the provider's own word about token or account changes anything; trouble on
 * the way changes nothing. A refused token that a refresh can renew is left to the refresh path and its strikes.
 */
export function judge(input: JudgeInput): Judgement {
  const { finding } = input
  switch (finding.type) {
    case 'accepted':
      return accepted(input, finding.profile)
    case 'refused':
      return refuse(input, finding.failure)
    case 'stopped':
      return stop(input, finding.failure)
    case 'foreign':
      return reject(input, finding.code)
    case 'unclear':
      return unclear(input, finding.failure)
  }
}

function refuse(input: JudgeInput, failure: Failure): Judgement {
  const { subject, provider, now, timing } = input
  const told = verdict('invalid', failure.class, failure)
  if (renewedBy(subject, provider) !== null || !subject.isActive) {
    return { verdict: told, change: { columns: validated(now), condition: false }, transition: null }
  }
  const { strikeRetry = timing.strikeRetry, strikeSpacing = timing.strikeSpacing, strikes } = provider.refresh
  const rule = { ...timing, strikeRetry, strikeSpacing }
  const {
    strike: fell,
    tokenRefreshFailedAt,
    retryAt,
  } = strike(subject.tokenRefreshFailedAt, now, strikes, rule)
  const confirmed = fell === 2
  const status = confirmed ? (failure.class === 'rejected' ? 'needs_reauth' : 'error') : subject.status
  const columns = {
    ...validated(now),
    ...blame(failure, now),
    status,
    status_reason: failure.class,
    is_active: !confirmed,
    token_refresh_failed_at: tokenRefreshFailedAt,
    next_validation_at: retryAt,
  }
  const transition = confirmed ? 'deactivated' : fell === 1 ? 'first_strike' : null
  return { verdict: { ...told, retryAt }, change: { columns, condition: true }, transition }
}

function stop({ subject, now }: JudgeInput, failure: Failure): Judgement {
  const suspended = failure.class === 'suspended'
  const known = suspended ? subject.isSuspended : subject.statusReason === 'locked' && !subject.isActive
  const instruction = failure.instruction ?? null
  const suspension = suspended
    ? {
        is_suspended: true,
        suspended_reason: failure.description ?? failure.code,
        ...(known ? {} : { suspended_at: now }),
      }
    : {}
  const columns = {
    ...validated(now),
    ...blame(failure, now),
    status: suspended ? 'suspended' : 'error',
    status_reason: failure.class,
    is_active: false,
    token_refresh_failed_at: null,
    next_refresh_at: null,
    ...suspension,
  }
  return {
    verdict: { ...verdict(suspended ? 'suspended' : 'invalid', failure.class, failure), instruction },
    change: { columns, condition: true },
    transition: known ? null : suspended ? 'suspended' : 'locked',
  }
}

/** Told, not acted upon: what is wrong is what was stored, and no refresh can mend that. */
function reject({ now }: JudgeInput, code: keyof typeof FOREIGN): Judgement {
  const columns = { ...validated(now), error_code: code, error_message: FOREIGN[code], updated_at: now }
  return {
    verdict: { ...verdict('invalid', code), errorCode: code },
    change: { columns, condition: false },
    transition: null,
  }
}

function unclear({ now, subject }: JudgeInput, failure: Failure | null): Judgement {
  const untestable = subject.isActive ? 'no_validation' : 'needs_reauth'
  const told = verdict('untested', failure?.class ?? untestable, failure)
  const retryAt = failure?.retryAfter ? now + failure.retryAfter : null
  return { verdict: { ...told, retryAt }, change: null, transition: null }
}

function blame({ code, description, instruction }: Failure, now: number): Record<string, Value> {
  return { error_code: code, error_message: instruction ?? description, updated_at: now }
}
