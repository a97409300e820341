import { closingOf, type Closing } from '#notifications/closers'
import { silentDraft, toDrafts, type Draft } from '#notifications/drafts'
import { enqueue } from '#notifications/enqueue'
import { isTold, type EventFacts } from '#notifications/event_facts'
import { readListeners } from '#notifications/listeners'
import { placeMatters, type Place, type Placed } from '#notifications/matter_store'
import * as sql from '#notifications/recovery_sql'
import { documentOf } from '#notifications/rows'
import { route, worse, type Told } from '#notifications/routing'
import type { Severity } from '#notifications/types'
import { all, run, type Row, type Work } from '#store/driver'

/** A matter that an event ends, wholly or for one account. */
interface Ended {
  event: EventFacts
  closing: Closing
  matterId: string
  recipient: string
  severity: Severity
}

/**
 * Ends what some events end: their matters are resolved, messages about them that have not left are cancelled, and who
 * was told of the trouble is told that it is over, on the channels on which they were told.
 */
export function* closeMatters(place: Place, closers: readonly EventFacts[]): Work<void> {
  if (closers.length === 0) return
  const ended = [...(yield* endedAccounts(place, closers)), ...(yield* endedWholes(place, closers))]
  if (ended.length === 0) return
  const placed = yield* placeRecoveries(place, ended)
  const cancelled = yield* resolve(place, ended)
  yield* tellRecovered(place, ended, placed)
  if (cancelled > 0) yield* withdraw(place, placed)
}

function* endedAccounts(place: Place, closers: readonly EventFacts[]): Work<Ended[]> {
  const of = closers.filter((event) => event.connectionId !== null && closingOf(event)?.of === 'connection')
  if (of.length === 0) return []
  const connections = JSON.stringify([...new Set(of.map(({ connectionId }) => connectionId))])
  const found = yield* all(sql.troubledMatters(place.dialect), [place.organizationId, connections])
  const byConnection = Map.groupBy(found, (row) => row.connection_id as string)
  return of.flatMap((event) => endedBy(event, byConnection.get(event.connectionId as string) ?? []))
}

function* endedWholes(place: Place, closers: readonly EventFacts[]): Work<Ended[]> {
  const of = closers.filter((event) => closingOf(event)?.of !== 'connection')
  if (of.length === 0) return []
  const found = yield* all(sql.WHOLE_MATTERS, [place.organizationId])
  return of.flatMap((event) =>
    endedBy(
      event,
      found.filter((row) => isAbout(row, event))
    )
  )
}

/** Providers that share a client registration are paused together; the event names the gate that they share. */
function isAbout(row: Row, event: EventFacts): boolean {
  const { rule, subject, gate } = documentOf<Record<string, unknown>>(row.data, {})
  if (closingOf(event)?.of === 'provider') {
    return row.provider === event.provider || (gate !== undefined && gate === event.data.gate)
  }
  return rule === event.data.rule && subject === event.data.subject
}

function endedBy(event: EventFacts, rows: readonly Row[]): Ended[] {
  const closing = closingOf(event)
  if (!closing) return []
  return rows
    .filter((row) => closing.ends.some((name) => name === row.event))
    .map((row) => ({
      ...{ event, closing, matterId: row.id as string },
      ...{ recipient: row.recipient as string, severity: row.severity as Severity },
    }))
}

type Recovery = Placed & { inInbox: boolean }

/** Records who recovered, for each recipient; in no inbox yet. */
function* placeRecoveries(place: Place, ended: readonly Ended[]): Work<Recovery[]> {
  const drafts = yield* toRecoveries(place, ended)
  const placed = yield* placeMatters(
    place,
    drafts.map((draft) => ({ ...draft, inInbox: false }))
  )
  return placed.map((one, index) => ({ ...one, inInbox: drafts[index].inInbox }))
}

/** What each recipient has to hear, and a silent record for those who are not to hear of it. */
function* toRecoveries(place: Place, ended: readonly Ended[]): Work<Draft[]> {
  const users = ended.map(({ recipient }) => recipient).filter((recipient) => recipient.startsWith('user:'))
  const known = users.map((recipient) => recipient.slice('user:'.length))
  const listeners = yield* readListeners(place.dialect, place.organizationId, known)
  const timing = { now: place.at, gather: place.settings.gather }
  const routed = [...Map.groupBy(ended, ({ event }) => event)].map(([event, of]) => {
    const told = worst(of)
    const isNews = of[0].closing.isTold && isTold(event)
    const plans = isNews ? route(event, new Set(), listeners, timing, told) : []
    const heard = new Set(plans.map(({ recipient }) => recipient))
    const recorded = event.connectionId === null ? [] : [...told.keys()].filter((one) => !heard.has(one))
    return { event, plans, silent: recorded.map((recipient) => silentDraft(event, recipient)) }
  })
  return [...toDrafts(routed), ...merged(routed.flatMap(({ silent }) => silent))]
}

function worst(ended: readonly Ended[]): Told {
  const told = new Map<string, Severity>()
  for (const { recipient, severity } of ended) {
    told.set(recipient, worse(told.get(recipient) ?? 'normal', severity))
  }
  return told
}

function merged(drafts: readonly Draft[]): Draft[] {
  const groups = Map.groupBy(drafts, ({ recipient, key }) => `${recipient}|${key}`)
  return [...groups.values()].map((of) => ({ ...of[0], events: of.flatMap(({ events }) => events) }))
}

/** Returns how many messages have nothing left to tell. */
function* resolve({ dialect, at }: Place, ended: readonly Ended[]): Work<number> {
  const listOf = (isWhole: boolean) =>
    matters(ended.filter(({ closing }) => (closing.of !== 'connection') === isWhole))
  const resolved = [
    ...(yield* all(sql.resolveRecovered(dialect), [at, listOf(false)])),
    ...(yield* all(sql.resolveWhole(dialect), [at, listOf(true)])),
  ]
  if (resolved.length === 0) return 0
  const over = JSON.stringify(resolved.map(({ id }) => id))
  const cancelled = yield* all(sql.cancelResolved(dialect), [at, over])
  yield* run(sql.leaveDigests(dialect), [over, over])
  return cancelled.length
}

function matters(ended: readonly Ended[]): string {
  return JSON.stringify([...new Set(ended.map(({ matterId }) => matterId))])
}

/** Whoever was told of nothing, since it was over before the message left, is told of nothing now. */
function* tellRecovered(place: Place, ended: readonly Ended[], placed: readonly Recovery[]): Work<void> {
  const rows = yield* all(sql.toldTargets(place.dialect), [matters(ended)])
  const told = Map.groupBy(rows, ({ recipient }) => recipient as string)
  const heard = placed.filter(({ draft }) => told.has(draft.recipient))
  const shown = heard.filter(({ inInbox }) => inInbox).map(({ matterId }) => matterId)
  yield* run(sql.showInInbox(place.dialect), [JSON.stringify(shown)])
  const filtered = heard.map((one) => {
    const reached = new Set(told.get(one.draft.recipient)?.map(({ target }) => target))
    return { ...one, targets: one.targets.filter(({ target }) => reached.has(target)) }
  })
  yield* enqueue(place, filtered)
}

/** News of recoveries that wait are withdrawn where all of the trouble was over before anybody heard of it. */
function* withdraw({ dialect, at }: Place, placed: readonly Recovery[]): Work<void> {
  const news = placed.filter(({ draft }) => draft.event === 'connection.recovered')
  yield* run(sql.cancelUnheard(dialect), [at, JSON.stringify(news.map(({ matterId }) => matterId))])
}
