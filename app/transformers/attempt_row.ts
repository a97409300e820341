import type RefreshAttempt from '#models/refresh_attempt'
import { millis } from '#transformers/account_facts'
import { answerWords } from '#transformers/answer_words'

const ICONS = { success: 'check', failed: 'x', superseded: 'arrow-forward-up' } as const

/** One line of the refresh log. Fingerprints are digests; no part of a token is in them. */
export function attemptRow(attempt: RefreshAttempt) {
  // Stored, but nothing was won: never shown as refreshed.
  const isStored = attempt.errorCode === 'not_extended'
  return {
    id: attempt.id,
    at: attempt.createdAt.toMillis(),
    kind: attempt.kind,
    outcome: attempt.outcome,
    /** The word of the catalogue: `activity.events.*`. */
    event: isStored ? ('stored' as const) : attempt.outcome,
    icon: isStored ? 'clock-pause' : ICONS[attempt.outcome],
    failure: attempt.failureClass,
    answer: answerWords(attempt),
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
