import { lapseMark } from '#token_refresh/lapses'
import type { OutboxEvent } from '#token_refresh/outbox'
import type { Ending, Settled, Settlement } from '#token_refresh/settlement'
import { isToldTrouble, transitionEvent } from '#token_refresh/transition_events'
import type { Claim, Transition } from '#token_refresh/types'
import type { Wished } from '#token_refresh/wishes'

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

/** Whether this attempt was a retry that failed in a way that may pass. Pure. */
export function failedAgain({ claim, ending }: Settlement, { settled }: SettledAs): boolean {
  if (settled !== 'recorded' || ending.type !== 'failure') return false
  return ending.decision.retryCount > Math.max(1, claim.retryCount)
}

/**
 * What a settled attempt puts into the outbox: its transition, and where the organization wishes so its success, and that
 * it was one failure in a row too many. What was told of retries is told to be over, too. Pure.
 */
export function settlementEvents(settlement: Settlement, as: SettledAs, wished: Wished): OutboxEvent[] {
  const { claim, ending, kind } = settlement
  const isStored = as.settled === 'stored' && ending.type === 'tokens'
  const isAsked = isStored && wished.refreshed.has(claim.organizationId)
  const counts = wished.attempts.get(claim.organizationId) ?? []
  const isOver = isStored && counts.some((count) => count <= claim.retryCount)
  const transition = settledTransition(settlement, as) ?? (isOver ? 'recovered' : null)
  const reached = failedAgain(settlement, as) ? counts.filter((count) => reaches(settlement, count)) : []
  if (!transition && !isAsked && reached.length === 0) return []
  const facts = about(claim, ending)
  const told = transitionEvent(transition, {
    ...place(claim),
    mark: transition === 'lapsed' ? lapseMark(claim) : claim.attemptId,
    cause: causeOf(transition, settlement),
    wasTold: as.revived || isToldTrouble(claim) || counts.length > 0,
    about: facts,
  })
  const success = isAsked ? refreshed(place(claim), claim.attemptId, { ...facts, kind }) : null
  const retries = reached.map((count) => retrying(settlement, count, facts))
  return [told, success, ...retries].filter((event) => event !== null)
}

/** Whether this failure brings the row of them to the count: that happens once until a refresh succeeds. */
function reaches({ claim, ending }: Settlement, count: number): boolean {
  return ending.type === 'failure' && claim.retryCount < count && count <= ending.decision.retryCount
}

function retrying(settlement: Settlement, attempts: number, facts: Readonly<Record<string, unknown>>) {
  const { claim } = settlement
  const name = 'connection.retrying'
  const data = { cause: causeOf(null, settlement), ...facts, attempts }
  return {
    ...place(claim),
    name,
    severity: 'high' as const,
    data,
    key: `${name}:${claim.attemptId}:${attempts}`,
  }
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
