import type { OutboxEvent } from '#token_refresh/outbox'
import type { Claim, Transition } from '#token_refresh/types'

type Kind = Pick<OutboxEvent, 'name' | 'severity'>

/**
 * What each transition is called towards people (SPEC §5.5). A first strike is none of their business: most pass.
 * `deactivated` carries its reason and stands for `needs_reauth`.
 */
const EVENTS: Readonly<Record<Transition, Kind | null>> = {
  first_strike: null,
  deactivated: { name: 'connection.deactivated', severity: 'urgent' },
  suspended: { name: 'connection.suspended', severity: 'urgent' },
  locked: { name: 'connection.refresh_failed', severity: 'high' },
  lapsed: { name: 'connection.refresh_failed', severity: 'high' },
  not_extended: { name: 'connection.expiring', severity: 'high' },
  recovered: { name: 'connection.recovered', severity: 'normal' },
}

/** What is known of a transition where it happens. */
export interface TransitionFacts {
  organizationId: string
  connectionId: string
  provider: string
  /** Tells this transition from all others: the attempt, or what else happens once. */
  mark: string
  /** A failure class or another word of ours, never a provider's. */
  cause: string | null
  /** Whether the connection was in a trouble that people heard of: only then its end is news. */
  wasTold: boolean
  /** What a message needs beside the cause: `code`, `description`, `expiresAt`, … */
  about: Readonly<Record<string, unknown>>
}

/** The event of a transition; null where nobody is to hear of it. Pure. */
export function transitionEvent(transition: Transition | null, facts: TransitionFacts): OutboxEvent | null {
  const kind = transition && EVENTS[transition]
  if (!kind || (transition === 'recovered' && !facts.wasTold)) return null
  const { organizationId, connectionId, provider, mark, cause, about } = facts
  const data = { cause, ...about }
  return { organizationId, connectionId, provider, ...kind, data, key: `${kind.name}:${mark}` }
}

/** The reason of a connection that a person took back into service, until a refresh proves that it works. */
export const REACTIVATED = 'reactivated'

/** Whether a connection in this condition has been told of as being in trouble. */
export function isToldTrouble(condition: Pick<Claim, 'status' | 'statusReason' | 'isActive'>): boolean {
  return condition.status !== 'connected' || condition.statusReason === REACTIVATED || !condition.isActive
}
