import type { Settled, Settlement } from '#token_refresh/settlement'
import type { RefreshOutcome, RefreshReason } from '#token_refresh/types'

/** The outcome of a settled attempt, as callers see it. */
export function outcomeOf({ claim, ending }: Settlement, settled: Settled): RefreshOutcome {
  const base = {
    ...skipped(claim.connectionId, 'refreshed'),
    attemptId: claim.attemptId,
    oldExpiresAt: claim.tokenExpiresAt,
  }
  if (settled === 'superseded') return { ...base, status: 'skipped', reason: 'superseded' }
  if (ending.type === 'tokens') {
    const { tokenExpiresAt: newExpiresAt, statusReason, nextRefreshAt: retryAt } = ending.tokens
    // Stored, but nothing was won: never told as renewed (M2).
    if (statusReason === 'not_extended') {
      return { ...base, status: 'skipped', reason: statusReason, newExpiresAt, retryAt }
    }
    return { ...base, status: 'refreshed', newExpiresAt }
  }
  if (ending.type === 'release') return { ...base, reason: 'abandoned' }
  const { failure } = ending.decision
  const decision = ending.type === 'failure' ? ending.decision : null
  return {
    ...base,
    status: 'failed',
    reason: failure.class,
    errorCode: failure.code,
    retryAt: decision?.nextRefreshAt ?? null,
    strike: decision?.strike ?? 0,
  }
}

/** Nothing was sent for this connection, for the reason given. */
export function skipped(connectionId: string, reason: RefreshReason): RefreshOutcome {
  return {
    connectionId,
    status: 'skipped',
    reason,
    errorCode: null,
    oldExpiresAt: null,
    newExpiresAt: null,
    retryAt: null,
    attemptId: null,
    strike: 0,
  }
}
