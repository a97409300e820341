import type { Role } from '#models/membership'
import type { ToldEvent } from '#notifications/event_facts'
import { dueAt, type Digest, type QuietHours, type Timing } from '#notifications/quiet_hours'
import { matchingRules, type Rule } from '#notifications/rule_match'
import { SEVERITIES, type ChannelKind, type Severity } from '#notifications/types'

/** A person of the organization, with what they chose. */
export interface Person {
  userId: string
  role: Role
  zone: string
  quiet: QuietHours | null
  /** Ids of the browsers that they subscribed. */
  devices: readonly string[]
  rules: readonly Rule[]
}

/** Everybody and everything in an organization that might hear of an event. */
export interface Listeners {
  people: readonly Person[]
  /** Receivers that are not disabled. */
  channels: readonly { id: string; kind: ChannelKind }[]
  organizationRules: readonly Rule[]
}

/** One way on which a recipient hears of a matter. */
export interface Target {
  channel: 'push' | ChannelKind
  /** `channel:<id>`, `push:<subscription id>` or `email:<user id>`. */
  target: string
  dueAt: number
  isDigest: boolean
}

/** Who hears of an event, and how. */
export interface Plan {
  /** `user:<id>` or `channel:<id>`. */
  recipient: string
  userId: string | null
  channelId: string | null
  inInbox: boolean
  targets: Target[]
}

/** Those who were told of the trouble that this event ends, with how severe it was; by recipient. */
export type Told = ReadonlyMap<string, Severity>

const STAFF: readonly Role[] = ['admin', 'operator']

/**
 * Who hears of an event, and how. `audience`: the users whom it concerns; where they are none, it concerns staff. A
 * recovery (`told`) reaches those only who were told of the trouble, as they would hear of the trouble itself.
 */
export function route(
  event: ToldEvent,
  audience: ReadonlySet<string>,
  listeners: Listeners,
  timing: Timing,
  told: Told | null = null
): Plan[] {
  const people = listeners.people.map((person) => {
    const isConcerned = audience.size > 0 ? audience.has(person.userId) : STAFF.includes(person.role)
    return planFor(person, event, { isConcerned, timing, told })
  })
  const channels = listeners.channels.map((channel) =>
    planForChannel(channel, event, { rules: listeners.organizationRules, timing, told })
  )
  return [...people, ...channels].filter((plan) => plan !== null)
}

/** The severity that rules are asked with: of a recovery, that of its trouble. Null: this recipient hears nothing. */
function severityFor(recipient: string, event: ToldEvent, told: Told | null): Severity | null {
  return told ? (told.get(recipient) ?? null) : event.severity
}

interface Asked {
  timing: Timing
  told: Told | null
}

function planFor(
  person: Person,
  event: ToldEvent,
  { isConcerned, timing, told }: Asked & { isConcerned: boolean }
): Plan | null {
  const recipient = `user:${person.userId}`
  const severity = severityFor(recipient, event, told)
  if (severity === null || event.name === 'connection.refreshed') return null
  const rules = matchingRules(person, { ...event, severity }, isConcerned || told !== null)
  if (rules.length === 0) return null
  const by = (channel: 'push' | 'email', targets: readonly string[]): Target[] => {
    const digest = digestOf(rules.filter(({ channels }) => channels.includes(channel)))
    if (digest === null) return []
    return targets.map((target) => ({ channel, target, ...leaving(event, digest, person, timing) }))
  }
  return {
    ...{ recipient, userId: person.userId, channelId: null },
    inInbox: rules.some(({ channels }) => channels.includes('inbox')),
    targets: [
      ...by(
        'push',
        person.devices.map((id) => `push:${id}`)
      ),
      ...by('email', [`email:${person.userId}`]),
    ],
  }
}

/** Receivers of an organization keep no hours. `connection.refreshed` is for machines. */
function planForChannel(
  { id, kind }: { id: string; kind: ChannelKind },
  event: ToldEvent,
  { rules, timing, told }: Asked & { rules: readonly Rule[] }
): Plan | null {
  const recipient = `channel:${id}`
  const severity = severityFor(recipient, event, told)
  if (severity === null || (event.name === 'connection.refreshed' && kind !== 'webhook')) return null
  const own = { role: null, rules: rules.filter(({ channels }) => channels.includes(id)) }
  const digest = digestOf(matchingRules(own, { ...event, severity }, true))
  if (digest === null) return null
  const due = leaving(event, digest, { zone: 'utc', quiet: null }, timing)
  const targets = [{ channel: kind, target: recipient, ...due }]
  return { ...{ recipient, userId: null, channelId: id }, inInbox: false, targets }
}

function leaving(
  { severity }: ToldEvent,
  digest: Digest,
  habits: Pick<Person, 'zone' | 'quiet'>,
  timing: Timing
) {
  return {
    dueAt: dueAt(severity, digest, habits, timing),
    isDigest: digest !== 'none' && severity !== 'urgent',
  }
}

/** Where rules differ, the one that tells sooner counts; null where there is none. */
function digestOf(rules: readonly Pick<Rule, 'digest'>[]): Digest | null {
  const order: readonly Digest[] = ['none', 'hourly', 'daily']
  return order.find((digest) => rules.some((rule) => rule.digest === digest)) ?? null
}

/** The more severe of two. */
export function worse(one: Severity, other: Severity): Severity {
  return SEVERITIES.indexOf(one) >= SEVERITIES.indexOf(other) ? one : other
}
