import db from '@adonisjs/lucid/services/db'
import type { ModelQueryBuilderContract } from '@adonisjs/lucid/types/model'
import { fromInstant, toInstant } from '#models/columns'
import Connection from '#models/connection'
import { encodeCursor, type AccountCursor } from '#services/account_cursor'
import type { Health } from '#services/connection_health'
import { connectionHealthSql, type Fragment } from '#services/connection_health_sql'
import type { ProviderFacts } from '#services/provider_facts'

export interface AccountFilter {
  health: Health | null
  provider: string | null
  q: string | null
}

export interface AccountPage {
  connections: Connection[]
  next: string | null
  previous: string | null
}

export interface LastAttempt {
  outcome: string
  failureClass: string | null
  at: number
}

export const PAGE_SIZE = 50

/** The health expression for the current database and moment. */
export function healthExpression(facts: ProviderFacts, now: number): Fragment {
  const dialect = db.connection().dialect.name
  return connectionHealthSql({
    providers: facts.health,
    now,
    dialect,
    toInstant: (at) => toInstant(at),
  })
}

/** One page of an organization's accounts, newest first. */
export async function accountPage(
  organizationId: string,
  filter: AccountFilter,
  cursor: AccountCursor | null,
  health: Fragment
): Promise<AccountPage> {
  const backwards = cursor?.direction === 'previous'
  const query = filtered(organizationId, filter)
  if (filter.health) query.whereRaw(`(${health.sql}) = ?`, [...health.bindings, filter.health] as string[])
  if (cursor) seek(query, cursor)
  const order = backwards ? 'asc' : 'desc'
  const found = await query
    .orderBy('created_at', order)
    .orderBy('id', order)
    .limit(PAGE_SIZE + 1)
  const more = found.length > PAGE_SIZE
  const connections = found.slice(0, PAGE_SIZE)
  if (backwards) connections.reverse()
  return {
    connections,
    next: backwards || more ? cursorAt(connections.at(-1), 'next') : null,
    previous: cursor && (!backwards || more) ? cursorAt(connections[0], 'previous') : null,
  }
}

/** Whether the organization has any account at all. */
export async function hasAccounts(organizationId: string): Promise<boolean> {
  return (await Connection.query().where('organization_id', organizationId).select('id').first()) !== null
}

/** Conditions on organization, provider and search text, shared by the list and the counts. */
export function filtered(organizationId: string, filter: Pick<AccountFilter, 'provider' | 'q'>) {
  const query = Connection.query().where('organization_id', organizationId)
  if (filter.provider) query.where('provider', filter.provider)
  if (filter.q) search(query, filter.q)
  return query
}

const SEARCHED = ['display_name', 'username', 'provider_account_id', 'owner', 'tags', 'id']

function search(query: ModelQueryBuilderContract<typeof Connection>, text: string): void {
  const pattern = `%${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  const operator = db.connection().dialect.name === 'postgres' ? 'ILIKE' : 'LIKE'
  const sql = SEARCHED.map((name) => `CAST(${name} AS TEXT) ${operator} ? ESCAPE '\\'`).join(' OR ')
  query.whereRaw(
    `(${sql})`,
    SEARCHED.map(() => pattern)
  )
}

/** Row values compare as a pair, so the index on organization, created_at and id serves the seek. */
function seek(query: ModelQueryBuilderContract<typeof Connection>, cursor: AccountCursor): void {
  const operator = cursor.direction === 'previous' ? '>' : '<'
  query.whereRaw(`(created_at, id) ${operator} (?, ?)`, [toInstant(cursor.createdAt) as number, cursor.id])
}

function cursorAt(connection: Connection | undefined, direction: AccountCursor['direction']): string | null {
  if (!connection) return null
  return encodeCursor({ direction, createdAt: connection.createdAt.toMillis(), id: connection.id })
}

/** The newest refresh attempt of each of the given connections, one index look-up each. */
export async function lastAttempts(connectionIds: string[]): Promise<Map<string, LastAttempt>> {
  if (connectionIds.length === 0) return new Map()
  const rows = await db
    .from('connections')
    .joinRaw(
      `JOIN refresh_attempts AS last ON last.id = (SELECT id FROM refresh_attempts
       WHERE connection_id = connections.id ORDER BY created_at DESC LIMIT 1)`
    )
    .whereIn('connections.id', connectionIds)
    .select('connections.id', 'last.outcome', 'last.failure_class', 'last.created_at')
  return new Map(
    rows.map((row) => [
      row.id,
      {
        outcome: row.outcome,
        failureClass: row.failure_class,
        at: fromInstant(row.created_at)!.toMillis(),
      },
    ])
  )
}
