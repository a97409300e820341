import type RefreshAttempt from '#models/refresh_attempt'

/** What the provider answered, each thing once: `HTTP 400 invalid_grant`, or `HTTP 502` where the code says no more. */
export function answerWords(attempt: Pick<RefreshAttempt, 'httpStatus' | 'errorCode'>): string | null {
  const { httpStatus, errorCode } = attempt
  if (errorCode === 'not_extended') return null
  if (errorCode === null || httpStatus === null) return errorCode
  const saysNoMore = errorCode === `${httpStatus}` || errorCode === `http_${httpStatus}`
  return saysNoMore ? `HTTP ${httpStatus}` : `HTTP ${httpStatus} ${errorCode}`
}
