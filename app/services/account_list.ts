import db from '@adonisjs/lucid/services/db'
import type { ModelQueryBuilderContract } from '@adonisjs/lucid/types/model'
import { fromInstant, toInstant } from '#models/columns'
import Connection from '#models/connection'
import { encodeCursor, type AccountCursor } from '#services/account_cursor'
import { isEverything, type AccountQuery } from '#services/account_filter/account_filter'
import { accountFilterSql } from '#services/account_filter/filter_sql'
import type { Health } from '#services/connection_health'
import { connectionHealthSql, type Fragment } from '#services/connection_health_sql'
import type { ProviderFacts } from '#services/provider_facts'

/** What the list is narrowed to: the choices of its fields, and the search as it was typed and as it was understood. */
export interface AccountFilter {
  health: Health | null
  provider: string | null
  q: string | null
  search: AccountQuery
  /** Why the search could not be understood; then `search` selects everything and nothing may be changed by it. */
  problem: string | null
}

/** The health expression beside the moment that it was made for. */
export interface HealthExpression extends Fragment {
  now: number
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
export function healthExpression(facts: ProviderFacts, now: number): HealthExpression {
  const dialect = db.connection().dialect.name
  const input = { providers: facts.health, now, dialect, toInstant: (at: number) => toInstant(at) }
  return { ...connectionHealthSql(input), now }
}

/** One page of an organization's accounts, newest first. */
export async function accountPage(
  organizationId: string,
  filter: AccountFilter,
  cursor: AccountCursor | null,
  health: HealthExpression
): Promise<AccountPage> {
  const backwards = cursor?.direction === 'previous'
  const query = filtered(organizationId, filter, health).preload('parent')
  if (filter.health) query.whereRaw(...inHealth(filter.health, health))
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

/** Conditions on organization, provider and search, shared by the list and the counts. */
export function filtered(
  organizationId: string,
  filter: Pick<AccountFilter, 'provider' | 'search'>,
  health: HealthExpression
) {
  const query = Connection.query().where('organization_id', organizationId)
  if (filter.provider) query.where('provider', filter.provider)
  narrowToQuery(query, filter.search, health)
  return query
}

interface Narrowed {
  whereRaw(sql: string, bindings: string[]): unknown
}

/** Narrows any query over `connections` to what the list shows for this search and health word. */
export function narrowTo(
  query: Narrowed,
  { search, health: word }: Pick<AccountFilter, 'search' | 'health'>,
  health: HealthExpression
): void {
  narrowToQuery(query, search, health)
  if (word) query.whereRaw(...inHealth(word, health))
}

function inHealth(word: Health, health: Fragment): [string, string[]] {
  return [`(${health.sql}) = ?`, [...health.bindings, word] as string[]]
}

/** Narrows any query over `connections` to what a filter selects. */
export function narrowToQuery(query: Narrowed, search: AccountQuery, health: HealthExpression): void {
  if (isEverything(search)) return
  const { dialect } = db.connection()
  const means = { dialect: dialect.name, now: health.now, toInstant: (at: number) => toInstant(at), health }
  const { sql, bindings } = accountFilterSql(search, means)
  query.whereRaw(sql, bindings as string[])
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
       WHERE connection_id = connections.id AND kind <> 'test' ORDER BY created_at DESC LIMIT 1)`
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
