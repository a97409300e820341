import { uuid } from '#models/uuid'
import { recoveryKeyOf } from '#notifications/closers'
import * as sql from '#notifications/dispatch_sql'
import type { Draft } from '#notifications/drafts'
import {
  judgeDraft,
  type MatterChange,
  type MatterSettings,
  type OpenMatter,
} from '#notifications/matter_changes'
import type { Target } from '#notifications/routing'
import type { Severity } from '#notifications/types'
import { all, run, runAll, type Change, type Row, type StoreDriver, type Work } from '#store/driver'

/** Where and when things are written; the organization is held by this transaction. */
export interface Place {
  dialect: StoreDriver['dialect']
  organizationId: string
  at: number
  settings: MatterSettings
}

/** A draft that has become a matter, or part of one. */
export interface Placed {
  matterId: string
  draft: Draft
  /** Receivers that are to be told, and have not been told of this matter. */
  targets: Target[]
}

/** Opens matters, or lets the events join open ones. Tells nobody yet. */
export function* placeMatters(place: Place, drafts: readonly Draft[]): Work<Placed[]> {
  if (drafts.length === 0) return []
  const open = yield* readOpen(place, drafts)
  const changes = drafts.map((draft) => {
    const change = judgeDraft(draft, open.get(placeOf(draft)) ?? null, place.at, place.settings)
    return { change, matterId: change.type === 'join' ? change.matterId : uuid(place.at) }
  })
  yield* runAll(changes.flatMap(({ change, matterId }) => toStatements(place, change, matterId)))
  const rows = changes.flatMap(({ change, matterId }) =>
    change.draft.events.map(({ id, connectionId }) => [matterId, id, connectionId])
  )
  yield* run(sql.insertMatterEvents(place.dialect), [JSON.stringify(rows)])
  return changes.map(({ change, matterId }) => ({ matterId, draft: change.draft, targets: change.targets }))
}

const placeOf = ({ recipient, key }: Pick<Draft, 'recipient' | 'key'>) => `${recipient}|${key}`

function* readOpen(place: Place, drafts: readonly Draft[]): Work<Map<string, OpenMatter>> {
  const { dialect, organizationId } = place
  const pairs = JSON.stringify(drafts.map(({ recipient, key }) => [recipient, key]))
  const found = yield* all(sql.openMatters(dialect), [organizationId, pairs])
  if (found.length === 0) return new Map()
  const matters = JSON.stringify(found.map(({ id }) => id))
  const accounts = drafts.flatMap(({ events }) => events.map(({ connectionId }) => connectionId))
  const connections = JSON.stringify([...new Set(accounts.filter((id) => id !== null))])
  const items = Map.groupBy(yield* all(sql.holdItems(dialect), [matters]), matterOf)
  const known = Map.groupBy(yield* all(sql.knownAccounts(dialect), [matters, connections]), matterOf)
  return new Map(
    found.map((row) => [
      placeOf({ recipient: row.recipient as string, key: row.matter_key as string }),
      toOpen(row, items.get(row.id as string) ?? [], known.get(row.id as string) ?? []),
    ])
  )
}

const matterOf = (row: Row) => row.notification_id as string

function toOpen(row: Row, items: readonly Row[], known: readonly Row[]): OpenMatter {
  return {
    id: row.id as string,
    count: Number(row.count),
    severity: row.severity as Severity,
    inInbox: Boolean(row.in_inbox),
    closesAt: Number(row.closes_at),
    known: new Set(known.map((one) => one.connection_id as string)),
    items: items.map((one) => ({
      target: one.target as string,
      channel: one.channel as string,
      deliveryId: one.id as string,
      dueAt: Number(one.due_at),
      waits: Boolean(one.waits),
    })),
  }
}

function toStatements(place: Place, change: MatterChange, matterId: string): Change[] {
  const { at } = place
  if (change.type === 'open') return toOpening(place, change, matterId)
  const { count, severity, inInbox, becomesUnread, hasten } = change
  return [
    { sql: sql.joinMatter({ becomesUnread }), values: [count, severity, inInbox, at, matterId] },
    ...hasten.map(({ deliveryId, dueAt }) => ({ sql: sql.HASTEN, values: [dueAt, at, deliveryId] })),
  ]
}

/**
 * New trouble ends the matter that tells of recoveries: the next recovery is told anew, so that nobody's last word is
 * that an account is dead when it lives.
 */
function toOpening(
  { organizationId, at }: Place,
  { draft, count, closesAt, closes }: MatterChange & { type: 'open' },
  matterId: string
): Change[] {
  const { recipient, userId, channelId, key, event, provider, cause, severity, data, inInbox } = draft
  const recovery = recoveryKeyOf(event, provider)
  const who = [matterId, organizationId, recipient, userId, channelId, key]
  const what = [event, provider, cause, severity, JSON.stringify(data), count, inInbox]
  return [
    ...(closes ? [{ sql: sql.CLOSE_MATTER, values: [closes] }] : []),
    ...(recovery ? [{ sql: sql.CLOSE_BY_KEY, values: [organizationId, recipient, recovery] }] : []),
    { sql: sql.OPEN_MATTER, values: [...who, ...what, closesAt, at, at] },
  ]
}
