import { ON_REQUEST } from '#notifications/rule_match'
import { worse, type Target } from '#notifications/routing'
import type { Draft } from '#notifications/drafts'
import type { Severity } from '#notifications/types'

/** How long matters gather and stay open, in milliseconds. */
export interface MatterSettings {
  gather: number
  matterWindow: number
}

/** An open matter, as it stands in the database, with the messages about it. */
export interface OpenMatter {
  id: string
  count: number
  severity: Severity
  inInbox: boolean
  closesAt: number
  /** Connections of the draft that it has already. */
  known: ReadonlySet<string>
  items: readonly { target: string; channel: string; deliveryId: string; dueAt: number; waits: boolean }[]
}

/** What becomes of a draft. */
export type MatterChange =
  | {
      type: 'open'
      draft: Draft
      count: number
      closesAt: number
      /** The matter that it follows and ends. */
      closes: string | null
      targets: Target[]
    }
  | {
      type: 'join'
      draft: Draft
      matterId: string
      count: number
      severity: Severity
      inInbox: boolean
      becomesUnread: boolean
      /** Receivers that have not been told of this matter. */
      targets: Target[]
      /** Messages that must leave sooner than they were to. */
      hasten: { deliveryId: string; dueAt: number }[]
    }

/**
 * Decides whether a draft opens a matter or joins one. What joins makes no new message, as long as the receivers are
 * people: they find it in the inbox. A webhook must learn of every event: once its message has left, further events are
 * a matter of their own, whose message leaves when the first one's time is over.
 */
export function judgeDraft(
  draft: Draft,
  open: OpenMatter | null,
  now: number,
  settings: MatterSettings
): MatterChange {
  if (!open || open.closesAt <= now) return begin(draft, { closes: open?.id ?? null, from: now, settings })
  const isForMachine = draft.targets.some(({ channel }) => channel === 'webhook')
  if (isForMachine && open.items.some(({ waits }) => !waits)) {
    const after = begin(draft, { closes: open.id, from: open.closesAt, settings })
    const later = draft.targets.map((target) => ({ ...target, dueAt: Math.max(target.dueAt, open.closesAt) }))
    return { ...after, targets: later }
  }
  return join(draft, open)
}

/** The window of a matter begins when it is dispatched: a backlog of events is one matter, too. */
function begin(
  draft: Draft,
  { closes, from, settings }: { closes: string | null; from: number; settings: MatterSettings }
): MatterChange & { type: 'open' } {
  const isRoutine = draft.channelId !== null && ON_REQUEST.some((name) => name === draft.event)
  const closesAt = from + (isRoutine ? settings.gather : settings.matterWindow)
  return { type: 'open', draft, count: newIn(draft, new Set()), closesAt, closes, targets: draft.targets }
}

function join(draft: Draft, open: OpenMatter): MatterChange {
  const count = open.count + newIn(draft, open.known)
  const severity = worse(open.severity, draft.severity)
  const told = new Set(open.items.map(({ channel }) => channel))
  const hasten = severity === open.severity ? [] : sooner(draft, open)
  return {
    ...{ type: 'join', draft, matterId: open.id, count, severity, hasten },
    inInbox: open.inInbox || draft.inInbox,
    becomesUnread: severity !== open.severity || magnitude(count) > magnitude(open.count),
    targets: draft.targets.filter(({ channel }) => !told.has(channel)),
  }
}

/** A matter that becomes more severe may wait for neither the end of quiet hours nor the digest. */
function sooner(draft: Draft, open: OpenMatter): { deliveryId: string; dueAt: number }[] {
  return open.items.flatMap(({ target, deliveryId, dueAt, waits }) => {
    const wanted = draft.targets.find((one) => one.target === target)
    return wanted && waits && wanted.dueAt < dueAt ? [{ deliveryId, dueAt: wanted.dueAt }] : []
  })
}

/** A matter that has been read becomes unread again each time it has about doubled: thousands are a dozen times. */
const magnitude = (count: number) => Math.floor(Math.log2(Math.max(1, count)))

/** Accounts that the matter does not have yet; where no account is concerned, events. */
function newIn({ events }: Draft, known: ReadonlySet<string>): number {
  const fresh = events
    .map(({ id, connectionId }) => connectionId ?? id)
    .filter((subject) => !known.has(subject))
  return new Set(fresh).size
}
