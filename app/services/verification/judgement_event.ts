import { FOREIGN } from '#services/verification/accepted'
import type { Judgement } from '#services/verification/judgement'
import type { Subject } from '#services/verification/subject'
import type { OutboxEvent } from '#token_refresh/outbox'
import { isToldTrouble, transitionEvent } from '#token_refresh/transition_events'

/** What people hear of a verification's judgement; null where nothing is news. Pure. */
export function judgementEvent(subject: Subject, judgement: Judgement, now: number): OutboxEvent | null {
  const { verdict, change, transition } = judgement
  if (Object.hasOwn(FOREIGN, verdict.reason)) return foreign(subject, verdict.reason)
  const { connectionId, grantGeneration, tokenVersion, expiresAt } = subject
  const { reason, errorCode, instruction, retryAt } = verdict
  const recovered = transition === 'recovered'
  return transitionEvent(transition, {
    ...account(subject),
    mark: `${connectionId}:${grantGeneration}:${tokenVersion}:${now}`,
    cause: recovered ? subject.statusReason : reason,
    wasTold: isToldTrouble(subject) || subject.isSuspended,
    about: {
      ...{ attemptId: null, expiresAt, code: errorCode, retryAt },
      description: recovered || instruction ? null : (change?.columns.error_message ?? null),
      ...(instruction ? { instruction } : {}),
    },
  })
}

/**
 * A token that is good and not ours is left as it is, and no refresh can mend that: the one way to need a person without
 * being deactivated. Told once for each grant.
 */
function foreign(subject: Subject, cause: string): OutboxEvent | null {
  if (subject.errorCode === cause || !subject.isActive) return null
  const { connectionId, grantGeneration, expiresAt } = subject
  const name = 'connection.needs_reauth'
  const data = { cause, code: cause, description: null, attemptId: null, expiresAt }
  const key = `${name}:${connectionId}:${grantGeneration}:${cause}`
  return { ...account(subject), name, severity: 'urgent', data, key }
}

function account({ organizationId, connectionId, provider }: Subject) {
  return { organizationId, connectionId, provider }
}
