import type { ToldEvent } from '#notifications/event_facts'
import type { EventName } from '#notifications/types'

/** The numbers of a rule; null where it names none. */
export interface RuleNumbers {
  /** A grant is told of this many days before its end, and at the later ones of the usual thresholds. Null: at all of those. */
  grantDays: number | null
  /** A connection is told of whose refreshes have failed this often in a row, in a way that may pass. Null: none is. */
  retryAttempts: number | null
  /** A run is told of that failed for this share of the accounts that it tried, in percent. Null: no run is. */
  failedPercent: number | null
  /** Runs that tried fewer accounts are left out. */
  leastAccounts: number | null
}

export type NumberField = keyof RuleNumbers

interface Bounds {
  /** The event that the number is about: a rule that leaves it out cannot name the number. */
  event: EventName
  least: number
  most: number
  /** What counts where a rule asks for the event and names no number; null: as without rules. */
  usual: number | null
  column: string
}

export const RULE_NUMBERS: Readonly<Record<NumberField, Bounds>> = {
  grantDays: { event: 'connection.expiring', least: 1, most: 90, usual: null, column: 'grant_days' },
  retryAttempts: { event: 'connection.retrying', least: 2, most: 50, usual: 5, column: 'retry_attempts' },
  failedPercent: { event: 'run.accounts_failed', least: 1, most: 100, usual: 5, column: 'failed_percent' },
  leastAccounts: {
    ...{ event: 'run.accounts_failed', least: 1, most: 1_000_000, usual: 10 },
    column: 'failed_accounts',
  },
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

/** Fills in the usual numbers where a rule asks for their event, by its name or by another number about it. */
export function withUsual(events: readonly EventName[], numbers: RuleNumbers): RuleNumbers {
  const asked = new Set(events)
  for (const field of NUMBER_FIELDS) if (numbers[field] !== null) asked.add(RULE_NUMBERS[field].event)
  const usualOf = ({ event, usual }: Bounds) => (asked.has(event) ? usual : null)
  return toNumbers((field) => numbers[field] ?? usualOf(RULE_NUMBERS[field]))
}

/**
 * Whether a rule with these numbers hears of an event: true where a number of its own asks for exactly this one, however
 * little severe; false where a number leaves it out, or it is there for other rules; null where numbers say nothing.
 */
export function numbersSay(numbers: RuleNumbers, { name, data }: ToldEvent): boolean | null {
  switch (name) {
    case 'connection.expiring':
      return saysOfGrant(numbers, data)
    case 'connection.retrying':
      return numbers.retryAttempts !== null && data.attempts === numbers.retryAttempts
    case 'run.accounts_failed':
      return saysOfRun(numbers, data)
    default:
      return null
  }
}

type Data = ToldEvent['data']

function saysOfGrant({ grantDays }: RuleNumbers, { days, asked }: Data): boolean | null {
  if (typeof days !== 'number') return null
  if (days === grantDays) return true
  return asked !== true && (grantDays === null || days < grantDays) ? null : false
}

function saysOfRun({ failedPercent, leastAccounts }: RuleNumbers, data: Data): boolean {
  const [failed, accounts] = [Number(data.failed), Number(data.accounts)]
  if (failedPercent === null || leastAccounts === null) return false
  return accounts >= leastAccounts && failed * 100 >= failedPercent * accounts
}
