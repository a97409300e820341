import type { Failure, FailureClass, Provider, Random, TokenResult } from '#oauth/types'
import { backoff } from '#token_refresh/backoff'
import { storeTokens } from '#token_refresh/fresh_tokens'
import { strike } from '#token_refresh/strikes'
import type { Claim, Decision, RecordFailure, RefreshTiming, Transition } from '#token_refresh/types'

export interface PolicyInput {
  claim: Claim
  provider: Provider
  result: TokenResult
  /** Now, on the database's clock. */
  now: number
  timing: RefreshTiming
  random: Random
}

/**
 * What follows from an answer (SPEC §4.4): pure, and the only place where failures turn into strikes, waits and
 * statuses. Success is stored; failures that speak against the grant go through the two strikes; all others leave the
 * grant alone and say when to try again.
 */
export function decide(input: PolicyInput): Decision {
  if (input.result.ok) return storeTokens(input, input.result.tokens)
  const { failure } = input.result
  if (failure.class === 'rejected' && input.claim.spareRefreshToken) return { outcome: 'try_spare', failure }
  const decision = decideFailure(input, failure)
  // Nobody comes back to what is out of service, so nothing may promise it.
  return decision.isActive ? decision : { ...decision, nextRefreshAt: null, retryIsOwed: false }
}

function decideFailure(input: PolicyInput, failure: Failure): RecordFailure {
  switch (effectOf(failure.class, input.timing)) {
    case 'strike':
      return recordStrike(input, failure)
    case 'stop':
      return stop(input, failure)
    case 'wait':
      return wait(input, failure)
  }
}

/** One row per class: does it strike, does it end the refreshing until a person acts, or does it pass? */
function effectOf(failureClass: FailureClass, timing: RefreshTiming): 'strike' | 'stop' | 'wait' {
  switch (failureClass) {
    case 'rejected':
    case 'unreadable':
    case 'unknown':
      return 'strike'
    case 'suspended':
    case 'locked':
      return 'stop'
    case 'not_sent':
    case 'unavailable':
    case 'ambiguous':
      return timing.transientStrikes ? 'strike' : 'wait'
    case 'configuration':
    case 'rate_limited':
      return 'wait'
  }
}

function recordStrike(input: PolicyInput, failure: Failure): RecordFailure {
  const { claim, provider, now, timing } = input
  const verdict = strike(claim.tokenRefreshFailedAt, now, provider.refresh.strikes, timing)
  const confirmed = verdict.strike === 2
  return {
    ...unchanged(input, failure),
    strike: verdict.strike,
    status: confirmed ? (failure.class === 'rejected' ? 'needs_reauth' : 'error') : lapsedStatus(claim, now),
    statusReason: strikeReason(claim, failure),
    isActive: claim.isActive && !confirmed,
    tokenRefreshFailedAt: verdict.tokenRefreshFailedAt,
    nextRefreshAt: verdict.retryAt,
    retryIsOwed: true,
    retryCount: 0,
    transition: claim.isActive ? transitionOf(verdict.strike) : null,
  }
}

/** Of an account that is inactive already a further refusal is no news. */
function transitionOf(strikes: 0 | 1 | 2): Transition | null {
  return strikes === 2 ? 'deactivated' : strikes === 1 ? 'first_strike' : null
}

/** A token that is refused after a send whose answer never came was spent by that send: say so instead of "revoked". */
function strikeReason(claim: Claim, failure: Failure): string {
  if (failure.class !== 'rejected') return failure.class
  return claim.openAttempts > 0 || claim.statusReason === 'lost_answer' ? 'lost_answer' : 'rejected'
}

function stop(input: PolicyInput, failure: Failure): RecordFailure {
  const { claim } = input
  const suspended = failure.class === 'suspended'
  const known = !claim.isActive && claim.statusReason === failure.class
  return {
    ...unchanged(input, failure),
    status: suspended ? 'suspended' : 'error',
    statusReason: failure.class,
    isActive: false,
    tokenRefreshFailedAt: null,
    suspended,
    // Of an account that stands so already the same word is no news.
    transition: known ? null : suspended ? 'suspended' : 'locked',
  }
}

function wait(input: PolicyInput, failure: Failure): RecordFailure {
  const { claim, now, timing, random } = input
  const retryCount = claim.retryCount + 1
  const status = lapsedStatus(claim, now)
  const delays: Partial<Record<FailureClass, number>> = {
    rate_limited: failure.retryAfter ?? timing.rateLimitWait,
    configuration: timing.configurationProbe,
  }
  const delay = delays[failure.class] ?? Math.max(failure.retryAfter ?? 0, transientDelay(input, retryCount))
  return {
    ...unchanged(input, failure),
    status,
    statusReason: failure.class,
    nextRefreshAt: Math.round(now + delay * (1 + (delays[failure.class] ? 0.05 * random() : 0))),
    retryCount: failure.class === 'rate_limited' ? claim.retryCount : retryCount,
    staysInDoubt: failure.class === 'ambiguous',
    transition: status === 'token_expired' && claim.status === 'connected' ? 'lapsed' : null,
  }
}

/**
 * An ambiguous answer asks for a replay of the same token. Where nothing rotates, or the old token lives on for a
 * while, that is quick; at a strict provider the first replay is quick too (if the provider never saw the request, it
 * saves the grant) and later ones are rare, because a spent token only raises alarms there.
 */
function transientDelay({ claim, provider, result, timing, random }: PolicyInput, failures: number): number {
  const ordinary = backoff(failures, timing, random)
  if (result.ok || result.failure.class !== 'ambiguous') return ordinary
  const { reuse, reuseGrace } = provider.refresh
  if (reuse === 'static' || reuse === 'until_used') return ordinary
  const quick = Math.round(500 + 1500 * random())
  if (reuse === 'grace') return claim.openAttempts === 0 ? Math.min(quick, reuseGrace / 4) : ordinary
  return claim.openAttempts === 0 ? quick : Math.max(ordinary, timing.configurationProbe)
}

function lapsedStatus(claim: Claim, now: number): string {
  const lapsed = claim.tokenExpiresAt !== null && claim.tokenExpiresAt <= now
  return lapsed && claim.status === 'connected' ? 'token_expired' : claim.status
}

function unchanged({ claim }: PolicyInput, failure: Failure): RecordFailure {
  const transition: Transition | null = null
  return {
    outcome: 'failed',
    failure,
    strike: 0,
    status: claim.status,
    statusReason: claim.statusReason,
    isActive: claim.isActive,
    tokenRefreshFailedAt: claim.tokenRefreshFailedAt,
    nextRefreshAt: null,
    retryIsOwed: false,
    retryCount: claim.retryCount,
    staysInDoubt: false,
    suspended: false,
    transition,
  }
}
