import db from '@adonisjs/lucid/services/db'
import { fromInstant, toInstant } from '#models/columns'
import type Connection from '#models/connection'
import RefreshAttempt from '#models/refresh_attempt'
import { encodeCursor, type AccountCursor } from '#services/account_cursor'
import type { AuditEntry, AuditLog } from '#services/audit/audit_log'

/** A message about the account that went out, or is to go out. */
export interface SentMessage {
  channel: string
  state: string
  attempts: number
  lastStatus: number | null
  lastCode: string | null
}

/** What people were told of the account. */
export interface ToldEvent {
  name: string
  severity: string
  data: unknown
}

/** Something that happened to an account. `at` is milliseconds since the epoch. */
export type Happening = { id: string; at: number } & (
  | { type: 'attempt'; attempt: RefreshAttempt }
  | { type: 'audit'; entry: AuditEntry }
  | { type: 'event'; event: ToldEvent }
  | { type: 'message'; message: SentMessage }
)

const PAGE_SIZE = 50
/** What the refresh log does not tell already. */
const TOLD = ['connection.connected', 'connection.expiring']
const NARROWED = { group: null, outcome: null, actorId: null, actor: null, target: null, from: null }

/**
 * One page of what happened to an account, newest first: its refreshes, what was told of it, and, where the audit trail
 * may be read, what people and programs did to it. `next` is for the URL; null where there is nothing older.
 */
export async function accountTimeline(
  connection: Connection,
  { audit, cursor }: { audit: Pick<AuditLog, 'page'> | null; cursor: AccountCursor | null }
): Promise<{ items: Happening[]; next: string | null }> {
  const place = cursor?.direction === 'next' ? cursor : null
  const found = [
    ...(await attempts(connection, place)),
    ...(audit ? await audited(audit, connection, place) : []),
    ...(await events(connection, place)),
    ...(await messages(connection, place)),
  ].sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
  const items = found.slice(0, PAGE_SIZE)
  const last = items.at(-1)
  const more = found.length > PAGE_SIZE && last !== undefined
  return { items, next: more ? encodeCursor({ direction: 'next', createdAt: last.at, id: last.id }) : null }
}

/** How an account comes to us. */
const ARRIVALS = ['connection.connect', 'connection.import'] as const

/** Who connected an account last, or brought it in; null where the trail does not reach so far, or never knew. */
export async function lastArrival(
  audit: Pick<AuditLog, 'page'>,
  { organizationId, id }: Connection
): Promise<AuditEntry | null> {
  const filter = { ...NARROWED, show: 'actions', actions: ARRIVALS, outcome: 'done', targetId: id } as const
  const { entries } = await audit.page(organizationId, filter, { size: 1 })
  return entries[0] ?? null
}

async function attempts({ organizationId, id }: Connection, place: AccountCursor | null) {
  const query = RefreshAttempt.query().where({ organization_id: organizationId, connection_id: id })
  if (place) query.whereRaw('(created_at, id) < (?, ?)', bounds(place))
  const found = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
  return found.map((attempt): Happening => {
    return { type: 'attempt', id: attempt.id, at: attempt.createdAt.toMillis(), attempt }
  })
}

async function audited(log: Pick<AuditLog, 'page'>, connection: Connection, cursor: AccountCursor | null) {
  const filter = { ...NARROWED, show: 'both' as const, targetId: connection.id }
  const { entries } = await log.page(connection.organizationId, filter, { cursor, size: PAGE_SIZE + 1 })
  return entries.map((entry): Happening => ({ type: 'audit', id: entry.id, at: entry.at, entry }))
}

async function events({ id }: Connection, place: AccountCursor | null): Promise<Happening[]> {
  const query = db.from('events').where('connection_id', id).whereIn('name', TOLD)
  if (place) query.whereRaw('(created_at, id) < (?, ?)', bounds(place))
  const rows = await newest(query.select('id', 'name', 'severity', 'data', 'created_at'))
  return rows.map((row) => {
    const data = typeof row.data === 'string' ? JSON.parse(row.data) : row.data
    const event = { name: row.name as string, severity: row.severity as string, data }
    return { type: 'event', id: row.id, at: millisOf(row), event }
  })
}

/** A message may tell of several accounts: it is in the timeline of each. */
async function messages({ organizationId, id }: Connection, place: AccountCursor | null) {
  const about = db
    .from('delivery_items AS i')
    .join('notification_events AS e', 'e.notification_id', 'i.notification_id')
    .where('e.connection_id', id)
    .select('i.delivery_id')
  const query = db.from('deliveries').where('organization_id', organizationId).whereIn('id', about)
  if (place) query.whereRaw('(created_at, id) < (?, ?)', bounds(place))
  const rows = await newest(
    query.select('id', 'channel', 'state', 'attempts', 'last_status', 'last_code', 'created_at')
  )
  return rows.map((row): Happening => {
    const message = {
      ...{ channel: row.channel as string, state: row.state as string, attempts: Number(row.attempts) },
      ...{ lastStatus: row.last_status as number | null, lastCode: row.last_code as string | null },
    }
    return { type: 'message', id: row.id, at: millisOf(row), message }
  })
}

interface Found extends Record<string, unknown> {
  id: string
}

type Query = ReturnType<ReturnType<typeof db.from>['select']>

function newest(query: Query): Promise<Found[]> {
  return query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1) as unknown as Promise<Found[]>
}

const bounds = ({ createdAt, id }: AccountCursor) => [toInstant(createdAt) as number, id]
const millisOf = ({ created_at: at }: Found) => fromInstant(at)!.toMillis()
