import type { ChildChange, LogContext } from '#token_refresh/children_log'
import type { ChildStep } from '#token_refresh/children_plan'
import type { Parent } from '#token_refresh/children_store'
import type { OutboxEvent } from '#token_refresh/outbox'
import { refreshed } from '#token_refresh/settlement_events'
import { transitionEvent } from '#token_refresh/transition_events'

/**
 * What the outbox is told of a child that was stored: its transition, and a token that was replaced where the
 * organization wants to hear of each (`isAsked`). One token of the parent tells it once, however many processes derive
 * from it. A child that is new is told with its parent's connect. Pure.
 */
export function childEvents(
  parent: Parent,
  step: ChildStep,
  { attemptId, connectionId, transition }: ChildChange,
  { childProvider, kind }: LogContext,
  isAsked: boolean
): OutboxEvent[] {
  const account = { organizationId: parent.organizationId, connectionId, provider: childProvider }
  const about = { attemptId, expiresAt: null, parentId: parent.id }
  const told = transitionEvent(transition, {
    ...account,
    mark: `${connectionId}:${parent.id}:${parent.grantGeneration}:${parent.tokenVersion}`,
    cause: step.type === 'gone' ? 'page_gone' : step.type === 'insert' ? null : step.child.statusReason,
    wasTold: true,
    about: step.type === 'gone' ? { ...about, code: 'page_gone' } : about,
  })
  const events = told ? [told] : []
  if (isAsked && step.type === 'replace') events.push(refreshed(account, attemptId, { ...about, kind }))
  return events
}
