import type { Role } from '#models/membership'
import type { ToldEvent } from '#notifications/event_facts'
import type { Digest } from '#notifications/quiet_hours'
import { NO_NUMBERS, numbersSay, type RuleNumbers } from '#notifications/rule_numbers'
import { SEVERITIES, type EventName, type Severity } from '#notifications/types'

/** What somebody wants to hear of, and how. Empty lists leave nothing out. */
export interface Rule {
  id: string
  name: string
  events: readonly EventName[]
  providers: readonly string[]
  tags: readonly string[]
  /** The least. */
  severity: Severity
  numbers: RuleNumbers
  /** `concerned`: only what concerns the person; `organization`: everything, for staff and, in the inbox, viewers. */
  scope: 'concerned' | 'organization'
  /** `inbox`, `push`, `email`; of an organization's rule, ids of its channels. */
  channels: readonly string[]
  digest: Digest
  isActive: boolean
}

type Wish = Pick<Rule, 'events' | 'severity' | 'numbers' | 'channels' | 'digest'>

/**
 * What a person hears of who has stored no rule: everything that concerns them, in the inbox; from `high` on by push and
 * e-mail too. Whoever stores a rule, an inactive one too, hears only what their own rules say.
 */
export const DEFAULT_RULES: readonly Wish[] = [
  { events: [], severity: 'normal', numbers: NO_NUMBERS, channels: ['inbox'], digest: 'none' },
  { events: [], severity: 'high', numbers: NO_NUMBERS, channels: ['push', 'email'], digest: 'none' },
]

/** Good news and routine, which are told only to those who ask for them by name. */
export const ON_REQUEST: readonly EventName[] = ['connection.connected', 'connection.refreshed']

/** The rules of somebody by which an event reaches them. `role` is null for a receiver of the organization. */
export function matchingRules(
  { role, rules }: { role: Role | null; rules: readonly Rule[] },
  event: ToldEvent,
  isConcerned: boolean
): readonly Wish[] {
  if (role !== null && rules.length === 0) {
    return isConcerned ? DEFAULT_RULES.filter((rule) => asksFor(rule, event)) : []
  }
  return rules
    .filter((rule) => rule.isActive && asksFor(rule, event) && covers(rule, event))
    .flatMap((rule): Wish[] => {
      if (isConcerned) return [rule]
      if (rule.scope !== 'organization' || role === null) return []
      if (role === 'admin' || role === 'operator') return [rule]
      const inbox = rule.channels.filter((channel) => channel === 'inbox')
      return role === 'viewer' && inbox.length > 0 ? [{ ...rule, channels: inbox }] : []
    })
}

/** A number of one's own says more about what matters than the event's severity does. */
function asksFor({ events, severity, numbers }: Wish, event: ToldEvent): boolean {
  const isAsked = numbersSay(numbers, event)
  const isSevere = SEVERITIES.indexOf(event.severity) >= SEVERITIES.indexOf(severity)
  if (isAsked === false || (isAsked === null && !isSevere)) return false
  return events.length === 0 ? !ON_REQUEST.includes(event.name) : events.includes(event.name)
}

/** An event that concerns no provider passes a rule that names providers only if the rule names the event, too. */
function covers({ events, providers, tags }: Rule, event: ToldEvent): boolean {
  const isNamed = events.includes(event.name)
  const provider =
    event.provider === null ? isNamed || providers.length === 0 : listed(providers, [event.provider])
  const tag = event.connectionId === null ? isNamed || tags.length === 0 : listed(tags, event.tags)
  return provider && tag
}

function listed(wanted: readonly string[], given: readonly string[]): boolean {
  return wanted.length === 0 || given.some((one) => wanted.includes(one))
}
