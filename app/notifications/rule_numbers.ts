import type { ToldEvent } from '#notifications/event_facts'
import type { EventName } from '#notifications/types'

/** The numbers of a rule; null where it names none. */
export interface RuleNumbers {
  /** A grant is told of this many days before its end, and at the later ones of the usual thresholds. Null: at all of those. */
  grantDays: number | null
}

export type NumberField = keyof RuleNumbers

interface Bounds {
  /** The event that the number is about: a rule that leaves it out cannot name the number. */
  event: EventName
  least: number
  most: number
  column: string
}

export const RULE_NUMBERS: Readonly<Record<NumberField, Bounds>> = {
  grantDays: { event: 'connection.expiring', least: 1, most: 90, column: 'grant_days' },
}

export const NUMBER_FIELDS = Object.keys(RULE_NUMBERS) as readonly NumberField[]

/** The numbers that these make, field by field. */
export function toNumbers(numberOf: (field: NumberField) => number | null): RuleNumbers {
  return Object.fromEntries(NUMBER_FIELDS.map((field) => [field, numberOf(field)])) as unknown as RuleNumbers
}

export const NO_NUMBERS = toNumbers(() => null)

/** Those that a rule about these events can name; an empty list stands for all of them. */
export function numbersAbout(events: readonly EventName[], numbers: RuleNumbers): RuleNumbers {
  const isHeard = ({ event }: Bounds) => events.length === 0 || events.includes(event)
  return toNumbers((field) => (isHeard(RULE_NUMBERS[field]) ? numbers[field] : null))
}

/**
 * Whether a rule with these numbers hears of an event: true where a number of its own asks for exactly this one, however
 * little severe; false where a number leaves it out, or it is there for other rules; null where numbers say nothing.
 */
export function numbersSay({ grantDays }: RuleNumbers, { name, data }: ToldEvent): boolean | null {
  if (name !== 'connection.expiring' || typeof data.days !== 'number') return null
  if (data.days === grantDays) return true
  return data.asked !== true && (grantDays === null || data.days < grantDays) ? null : false
}
