import type RefreshAttempt from '#models/refresh_attempt'
import { traceAddress } from '#services/observability/trace_address'

/** As many signs of a digest as people need to compare two. */
const FINGERPRINT = 12

/**
 * An entry of the log as JSON: field by field, so that no column gets in unseen. Fingerprints are digests of tokens. What
 * a provider said in its own words is for people who may act.
 */
export function activityJson(attempt: RefreshAttempt, mayAct: boolean): string {
  const iso = (at: RefreshAttempt['oldExpiresAt']) => at?.toISO() ?? null
  const shown = {
    id: attempt.id,
    at: iso(attempt.createdAt),
    connection_id: attempt.connectionId,
    provider: attempt.provider,
    kind: attempt.kind,
    run_id: attempt.runId,
    worker_id: attempt.workerId,
    outcome: attempt.outcome,
    failure_class: attempt.failureClass,
    ...(mayAct ? providersWords(attempt) : {}),
    strike: attempt.strike,
    in_doubt: attempt.inDoubt,
    transition: attempt.transition,
    ...scopesOf(attempt),
    calls: callsOf(attempt, mayAct),
    trace_id: attempt.details?.trace_id ?? null,
    duration_ms: attempt.durationMs,
    expires_at: { before: iso(attempt.oldExpiresAt), after: iso(attempt.newExpiresAt) },
    fingerprint: {
      before: attempt.oldFp?.slice(0, FINGERPRINT) ?? null,
      after: attempt.newFp?.slice(0, FINGERPRINT) ?? null,
    },
  }
  return JSON.stringify(shown, null, 2)
}

const scopesOf = ({ details }: RefreshAttempt) => (details?.scopes ? { scopes: details.scopes } : {})

/** Headers are words of the provider, too. */
function callsOf({ details }: RefreshAttempt, mayAct: boolean): unknown[] {
  const calls = details?.calls ?? []
  return mayAct ? [...calls] : calls.map(({ request, response, ...call }) => call)
}

function providersWords({ errorCode, errorMessage, httpStatus }: RefreshAttempt) {
  return { error_code: errorCode, error_message: errorMessage, http_status: httpStatus }
}

/** The trace of an entry, with its address in the operator's viewer where there is one; null where nobody traced. */
export function activityTrace(
  { details }: RefreshAttempt,
  template: string | null
): { id: string; href: string | null } | null {
  const id = details?.trace_id
  if (id === undefined) return null
  return { id, href: template === null ? null : traceAddress(template, id) }
}
