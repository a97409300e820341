import { isTold as tellsPeople, type EventFacts } from '#notifications/event_facts'
import type { EventName } from '#notifications/types'

/** Everything that can be wrong with an account. */
export const TROUBLES: readonly EventName[] = [
  'connection.expiring',
  'connection.retrying',
  'connection.refresh_failed',
  'connection.needs_reauth',
  'connection.deactivated',
  'connection.suspended',
  'campaign.session_unhealthy',
]

/** What an event ends. */
export interface Closing {
  /** The events whose matters it ends. */
  ends: readonly EventName[]
  /** `connection`: this account's part of them; `provider`: those of its provider; `subject`: those with this subject. */
  of: 'connection' | 'provider' | 'subject'
  /** Whether those who were told of the trouble are told of its end, too. */
  isTold: boolean
}

const CLOSERS: Readonly<Record<string, Closing>> = {
  'connection.recovered': { ends: TROUBLES, of: 'connection', isTold: true },
  // Whoever connects an account again has renewed a grant that was about to end.
  'connection.connected': { ends: ['connection.expiring'], of: 'connection', isTold: false },
  'provider.recovered': { ends: ['provider.paused'], of: 'provider', isTold: true },
  'scheduler.recovered': { ends: ['scheduler.stalled'], of: 'subject', isTold: false },
  'figures.recovered': { ends: ['figures.alert'], of: 'subject', isTold: false },
}

/** What this event ends; null where it ends nothing. */
export function closingOf({ name }: Pick<EventFacts, 'name'>): Closing | null {
  return Object.hasOwn(CLOSERS, name) ? CLOSERS[name] : null
}

/** Events that may be dispatched together: first those that tell, then those that end what was told; some do both. */
export interface Round {
  told: EventFacts[]
  closers: EventFacts[]
}

/** The key of the matter that tells of recoveries which events of this name and provider contradict; null for others. */
export function recoveryKeyOf(name: string, provider: string | null): string | null {
  const told = Object.entries(CLOSERS).find(
    ([, { ends, isTold }]) => isTold && ends.some((one) => one === name)
  )
  return told ? `${told[0]}|${provider ?? ''}` : null
}

/**
 * Sorts events, oldest first, into rounds in which no trouble follows the end of an earlier one with the same subject:
 * within a round all troubles can be written at once, and then all ends.
 */
export function toRounds(events: readonly EventFacts[]): Round[] {
  const rounds: Round[] = [{ told: [], closers: [] }]
  let ended = new Set<string>()
  for (const event of events) {
    const closing = closingOf(event)
    if (closing) ended.add(subjectOf(event))
    else if (ended.has(subjectOf(event))) {
      rounds.push({ told: [], closers: [] })
      ended = new Set()
    }
    const round = rounds[rounds.length - 1]
    if (closing) round.closers.push(event)
    if (!closing || (tellsPeople(event) && !closing.isTold)) round.told.push(event)
  }
  return rounds
}

function subjectOf({ connectionId, provider, name, data }: EventFacts): string {
  return connectionId ?? provider ?? `${name.split('.')[0]}:${String(data.subject)}`
}
