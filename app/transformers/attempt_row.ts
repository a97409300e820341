import type RefreshAttempt from '#models/refresh_attempt'
import { millis } from '#transformers/account_facts'

const OUTCOMES = {
  success: { word: 'refreshed', icon: 'check' },
  failed: { word: 'failed', icon: 'x' },
  superseded: { word: 'superseded', icon: 'arrow-forward-up' },
} as const

/** Stored, but nothing was won: never shown as refreshed. */
const NOT_EXTENDED = { word: 'stored', icon: 'clock-pause' } as const

/** One line of the refresh log. Fingerprints are digests; no part of a token is in them. */
export function attemptRow(attempt: RefreshAttempt) {
  return {
    id: attempt.id,
    at: attempt.createdAt.toMillis(),
    kind: attempt.kind.replaceAll('_', ' '),
    outcome: attempt.outcome,
    ...(attempt.errorCode === 'not_extended' ? NOT_EXTENDED : OUTCOMES[attempt.outcome]),
    failure: attempt.failureClass,
    code: attempt.errorCode,
    message: attempt.errorMessage,
    httpStatus: attempt.httpStatus,
    strike: attempt.strike,
    inDoubt: attempt.inDoubt,
    durationMs: attempt.durationMs,
    oldExpiresAt: millis(attempt.oldExpiresAt),
    newExpiresAt: millis(attempt.newExpiresAt),
    oldFp: attempt.oldFp?.slice(0, 12) ?? null,
    newFp: attempt.newFp?.slice(0, 12) ?? null,
  }
}
