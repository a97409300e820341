import { lapseMark } from '#token_refresh/lapses'
import type { OutboxEvent } from '#token_refresh/outbox'
import type { Ending, Settled, Settlement } from '#token_refresh/settlement'
import { isToldTrouble, transitionEvent } from '#token_refresh/transition_events'
import type { Claim, Transition } from '#token_refresh/types'

/** How an attempt was settled. `revived`: the connection had been given up while its request was on its way. */
export interface SettledAs {
  settled: Settled
  revived: boolean
}

/** The transition that a settled attempt stands for; an attempt that was superseded stands for none. Pure. */
export function settledTransition(
  { ending }: Settlement,
  { settled, revived }: SettledAs
): Transition | null {
  if (settled === 'stored' && ending.type === 'tokens') {
    return ending.tokens.transition ?? (revived ? 'recovered' : null)
  }
  return settled === 'recorded' && ending.type === 'failure' ? ending.decision.transition : null
}

/**
 * What a settled attempt puts into the outbox: its transition, and its success where the organization asked for that
 * (`asked`). Pure.
 */
export function settlementEvents(
  settlement: Settlement,
  as: SettledAs,
  asked: ReadonlySet<string>
): OutboxEvent[] {
  const { claim, ending, kind } = settlement
  const transition = settledTransition(settlement, as)
  const isAsked = as.settled === 'stored' && ending.type === 'tokens' && asked.has(claim.organizationId)
  if (!transition && !isAsked) return []
  const facts = about(claim, ending)
  const told = transitionEvent(transition, {
    ...place(claim),
    mark: transition === 'lapsed' ? lapseMark(claim) : claim.attemptId,
    cause: causeOf(transition, settlement),
    wasTold: as.revived || isToldTrouble(claim),
    about: facts,
  })
  const success = isAsked ? refreshed(place(claim), claim.attemptId, { ...facts, kind }) : null
  return [told, success].filter((event) => event !== null)
}

/** A success, for those who asked for each of them. */
export function refreshed(
  account: Pick<OutboxEvent, 'organizationId' | 'connectionId' | 'provider'>,
  attemptId: string,
  facts: Readonly<Record<string, unknown>>
): OutboxEvent {
  const name = 'connection.refreshed'
  const data = { cause: null, ...facts }
  return { ...account, name, severity: 'normal', data, key: `${name}:${attemptId}` }
}

function place({ organizationId, connectionId, provider }: Claim) {
  return { organizationId, connectionId, provider }
}

/** The word under which the row and the log know it; a recovery is told with what it ends. */
function causeOf(transition: Transition | null, { claim, ending }: Settlement): string | null {
  if (transition === 'lapsed' || transition === 'not_extended') return transition
  if (ending.type !== 'failure') return claim.statusReason
  return ending.decision.statusReason ?? ending.decision.failure.class
}

function about({ attemptId, tokenExpiresAt }: Claim, ending: Ending): Record<string, unknown> {
  if (ending.type === 'tokens') return { attemptId, expiresAt: ending.tokens.tokenExpiresAt }
  if (ending.type !== 'failure') return { attemptId, expiresAt: tokenExpiresAt }
  const { failure, nextRefreshAt } = ending.decision
  const { class: failureClass, code, description, instruction } = failure
  return {
    attemptId,
    expiresAt: tokenExpiresAt,
    failure: failureClass,
    code,
    description,
    retryAt: nextRefreshAt,
    ...(instruction ? { instruction } : {}),
  }
}
