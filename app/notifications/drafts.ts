import { closingOf } from '#notifications/closers'
import { matterKey, type EventFacts } from '#notifications/event_facts'
import { worse, type Plan, type Target } from '#notifications/routing'
import type { Severity } from '#notifications/types'

/** What some events mean for one recipient: a new matter, or more of an open one. */
export interface Draft {
  recipient: string
  userId: string | null
  channelId: string | null
  key: string
  event: string
  provider: string | null
  cause: string | null
  severity: Severity
  /** What the first of the events told. */
  data: Readonly<Record<string, unknown>>
  inInbox: boolean
  targets: Target[]
  events: { id: string; connectionId: string | null }[]
}

type Recipient = Pick<Draft, 'recipient' | 'userId' | 'channelId' | 'inInbox' | 'targets'>

/** Events that belong together, recipient by recipient. The order is that of recipients and keys. */
export function toDrafts(routed: readonly { event: EventFacts; plans: readonly Plan[] }[]): Draft[] {
  const drafts = new Map<string, Draft>()
  for (const { event, plans } of routed) {
    const key = keyOf(event)
    for (const plan of plans) add(drafts, { event, key, plan })
  }
  return [...drafts.values()].toSorted((one, other) =>
    `${one.recipient}|${one.key}` < `${other.recipient}|${other.key}` ? -1 : 1
  )
}

/** Recoveries of one provider are one matter, whatever the trouble was. */
function keyOf(event: EventFacts): string {
  return closingOf(event)?.isTold ? `${event.name}|${event.provider ?? ''}` : matterKey(event)
}

/**
 * The record that an account recovered, for a recipient who is not told of it. It has a key of its own, since it takes
 * part in no message.
 */
export function silentDraft(event: EventFacts, recipient: string): Draft {
  const [kind, id] = recipient.split(':')
  return {
    ...blank(event, `silent|${event.name}|${event.provider ?? ''}`, {
      recipient,
      userId: kind === 'user' ? id : null,
      channelId: kind === 'channel' ? id : null,
      ...{ inInbox: false, targets: [] },
    }),
    events: [{ id: event.id, connectionId: event.connectionId }],
  }
}

function add(
  drafts: Map<string, Draft>,
  { event, key, plan }: { event: EventFacts; key: string; plan: Plan }
) {
  const place = `${plan.recipient}|${key}`
  const draft = drafts.get(place) ?? blank(event, key, { ...plan, targets: [] })
  draft.severity = worse(draft.severity, event.severity)
  draft.inInbox ||= plan.inInbox
  draft.events.push({ id: event.id, connectionId: event.connectionId })
  for (const target of plan.targets) addTarget(draft.targets, target)
  drafts.set(place, draft)
}

function blank(event: EventFacts, key: string, recipient: Recipient): Draft {
  const { name, provider, cause, severity, data } = event
  return { ...recipient, ...{ key, event: name, provider, cause, severity, data }, events: [] }
}

/** Where two rules disagree about one receiver, the message leaves sooner. */
function addTarget(targets: Target[], target: Target) {
  const index = targets.findIndex((one) => one.target === target.target)
  if (index === -1) targets.push(target)
  else if (target.dueAt < targets[index].dueAt) targets[index] = target
}
