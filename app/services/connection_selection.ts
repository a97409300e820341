import type { AccountQuery } from '#services/account_filter/account_filter'
import {
  healthExpression,
  narrowToHealth,
  narrowToQuery,
  type HealthExpression,
} from '#services/account_list'
import type { Health } from '#services/connection_health'
import { loadProviderFacts } from '#services/load_provider_facts'
import Connection from '#models/connection'
import type { ModelQueryBuilderContract } from '@adonisjs/lucid/types/model'

/** Connections of one organization: those of the given ids, those that the filter selects, or what both select. */
export interface ConnectionSelection {
  organizationId: string
  ids?: readonly string[]
  filter: AccountQuery
  /** Must hold beside the filter, as the fields of the list do. */
  beside?: { provider: string | null; health: Health | null }
}

export interface Selected {
  id: string
  provider: string
  username: string | null
}

/** `derived`: only those whose tokens derive from another's; false: only the others; absent: both. */
interface Part {
  derived?: boolean
}

const PAGE = 500
const IDENTITY = ['connections.id', 'connections.provider', 'connections.username']

/** The health expression of this moment: a selection keeps it, so that a long walk judges all by the same time. */
export async function healthAt(organizationId: string, now: number): Promise<HealthExpression> {
  return healthExpression(await loadProviderFacts(organizationId), now)
}

/**
 * Walks a selection in the order of its ids, a page at a time, so that a million need no memory. What leaves the
 * selection meanwhile may be missed, nothing is met twice.
 */
export async function* selectConnections(
  selection: ConnectionSelection,
  health: HealthExpression,
  part: Part = {}
): AsyncGenerator<Selected> {
  const read = pages(selection, (query) => narrowed(query, selection, health, part).select(IDENTITY))
  for await (const page of read) {
    for (const { id, provider, username } of page) yield { id, provider, username }
  }
}

/** How many connections the selection holds now. */
export async function countSelected(
  selection: ConnectionSelection,
  health: HealthExpression
): Promise<number> {
  let count = 0
  for (const ids of idChunks(selection.ids) ?? [undefined]) {
    const query = narrowed(Connection.query(), selection, health, {})
    if (ids) query.whereIn('connections.id', ids)
    const [row] = await query.pojo<{ total: number | string }>().count('* as total')
    count += Number(row.total)
  }
  return count
}

type Query = ModelQueryBuilderContract<typeof Connection, Connection>

/** Pages of models, keyed by id; `prepare` narrows the query and says what is read. */
export async function* pages(
  { ids }: Pick<ConnectionSelection, 'ids'>,
  prepare: (query: Query) => Query
): AsyncGenerator<Connection[]> {
  for (const chunk of idChunks(ids) ?? []) {
    yield await prepare(Connection.query()).whereIn('connections.id', chunk).orderBy('connections.id')
  }
  if (ids) return
  for (let after = ''; ;) {
    const query = prepare(Connection.query()).orderBy('connections.id').limit(PAGE)
    if (after) query.where('connections.id', '>', after)
    const page: Connection[] = await query
    yield page
    if (page.length < PAGE) return
    after = page[page.length - 1].id
  }
}

/** Narrows a query to a selection, its ids apart. */
export function narrowed(
  query: Query,
  { organizationId, filter, beside }: ConnectionSelection,
  health: HealthExpression,
  { derived }: Part
): Query {
  query.where('connections.organization_id', organizationId)
  if (derived === true) query.whereNotNull('connections.parent_id')
  if (derived === false) query.whereNull('connections.parent_id')
  if (beside?.provider) query.where('connections.provider', beside.provider)
  if (beside?.health) narrowToHealth(query, beside.health, health)
  narrowToQuery(query, filter, health)
  return query
}

function idChunks(ids: readonly string[] | undefined): string[][] | null {
  if (!ids) return null
  const sorted = [...new Set(ids.map((id) => id.toLowerCase()))].sort()
  const chunks: string[][] = []
  for (let at = 0; at < sorted.length; at += PAGE) chunks.push(sorted.slice(at, at + PAGE))
  return chunks
}
