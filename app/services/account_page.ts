import db from '@adonisjs/lucid/services/db'
import { fromInstant, toInstant } from '#models/columns'
import Connection from '#models/connection'
import { filtered, narrowToHealth, type AccountFilter, type HealthExpression } from '#services/account_list'
import { encodePlace, type AccountPlace } from '#services/account_place'
import { SORT_COLUMNS, type AccountSort, type SortColumn } from '#services/account_sort'
import { HEALTH_WORDS, type Health } from '#services/connection_health'
import type { HealthCounts } from '#services/health_counts'

/** Which accounts are on a page, in their order; the places are for the URL, null where there is nothing further. */
export interface AccountPage {
  ids: string[]
  next: string | null
  previous: string | null
}

/** What a page is asked of. */
export interface PageRequest {
  organizationId: string
  filter: AccountFilter
  sort: AccountSort
  place: AccountPlace | null
  health: HealthExpression
  /** Words that no account has are not looked for. */
  counts: HealthCounts
}

export const PAGE_SIZE = 50

type Found = Pick<AccountPlace, 'key' | 'tie'> & { id: string }

/** One page of an organization's accounts. Accounts without the instant that is sorted by come last either way. */
export async function accountPage(request: PageRequest): Promise<AccountPage> {
  const { sort, place } = request
  const backwards = place?.direction === 'previous'
  const limit = PAGE_SIZE + 1
  const found = sort.key === 'status' ? await bySeverity(request, limit) : await byColumn(request, limit)
  const more = found.length > PAGE_SIZE
  const shown = found.slice(0, PAGE_SIZE)
  if (backwards) shown.reverse()
  const at = (one: Found | undefined, direction: AccountPlace['direction']) =>
    one ? encodePlace({ direction, key: one.key, tie: one.tie }, sort) : null
  return {
    ids: shown.map(({ id }) => id),
    next: backwards || more ? at(shown.at(-1), 'next') : null,
    previous: place && (!backwards || more) ? at(shown[0], 'previous') : null,
  }
}

/** Accounts of an organization in the order of these ids, each with its parent; those that are gone are left out. */
export async function accountsOf(organizationId: string, ids: readonly string[]): Promise<Connection[]> {
  // With both conditions SQLite, which has no statistics, would read the index of the whole organization.
  const found = await Connection.query()
    .whereIn('id', [...ids])
    .preload('parent')
  const byId = new Map(
    found.filter((one) => one.organizationId === organizationId).map((one) => [one.id, one])
  )
  return ids.flatMap((id) => byId.get(id) ?? [])
}

/** The rows before or after a place, the nearest first. */
async function byColumn(request: PageRequest, limit: number): Promise<Found[]> {
  const { organizationId, filter, health, place, sort } = request
  const column = SORT_COLUMNS[sort.key as keyof typeof SORT_COLUMNS]
  const query = filtered(organizationId, filter, health)
  if (filter.health) narrowToHealth(query, filter.health, health)
  if (column.opens && db.connection().dialect.name !== 'postgres') query.whereRaw(column.opens)
  const backwards = place?.direction === 'previous'
  const order = sort.descending === backwards ? 'ASC' : 'DESC'
  if (place) query.whereRaw(...seek(column, place, order))
  if (column.nullable) query.orderByRaw(`${column.sql} IS NULL ${backwards ? 'DESC' : 'ASC'}`)
  const rows = await query
    .pojo<{ id: string; sort_key: unknown; sort_tie: string }>()
    .select('id', db.raw(`${column.sql} AS sort_key`), db.raw(`${column.tie} AS sort_tie`))
    .orderByRaw(`${column.sql} ${order}, ${column.tie} ${order}`)
    .limit(limit)
  return rows.map((row) => ({ id: row.id, key: keyOf(column, row.sort_key), tie: row.sort_tie }))
}

function keyOf({ kind }: SortColumn, value: unknown): Found['key'] {
  return kind === 'instant' ? (fromInstant(value)?.toMillis() ?? null) : (value as string)
}

/** Where the key may be missing, rows without it stand behind all others. */
function seek(column: SortColumn, { key, tie, direction }: AccountPlace, order: string): [string, string[]] {
  const { sql, kind, nullable, tie: tieColumn } = column
  const beyond = order === 'ASC' ? '>' : '<'
  const forwards = direction === 'next'
  if (key === null) {
    const same = `(${sql} IS NULL AND ${tieColumn} ${beyond} ?)`
    return [forwards ? same : `(${sql} IS NOT NULL OR ${same})`, [tie]]
  }
  const value = (kind === 'instant' ? toInstant(key as number) : key) as string
  const pair = `(${sql}, ${tieColumn}) ${beyond} (?, ?)`
  return [nullable && forwards ? `(${pair} OR ${sql} IS NULL)` : pair, [value, tie]]
}

/** Walks the words from the severest (or the mildest) on until the page is full; within a word the newest come first. */
async function bySeverity(request: PageRequest, limit: number): Promise<Found[]> {
  const { place, sort, filter, counts } = request
  const backwards = place?.direction === 'previous'
  const forth = sort.descending ? HEALTH_WORDS.toReversed() : [...HEALTH_WORDS]
  const words = (backwards ? forth.reverse() : forth).filter(
    (word) => !filter.health || word === filter.health
  )
  const [from, at] = place ? String(place.key).split('.') : []
  const first = from === undefined ? 0 : Math.max(words.indexOf(from as Health), 0)
  const found: Found[] = []
  for (const word of words.slice(first)) {
    if (found.length >= limit) break
    if (counts[word] === 0) continue
    const beside = word === from && place ? { createdAt: Number(at), id: place.tie } : null
    found.push(...(await ofWord(request, word, beside, limit - found.length)))
  }
  return found
}

async function ofWord(
  { organizationId, filter, health, place }: PageRequest,
  word: Health,
  beside: { createdAt: number; id: string } | null,
  limit: number
): Promise<Found[]> {
  const backwards = place?.direction === 'previous'
  const query = filtered(organizationId, filter, health)
  narrowToHealth(query, word, health)
  if (beside) {
    const values = [toInstant(beside.createdAt) as number, beside.id]
    query.whereRaw(`(created_at, id) ${backwards ? '>' : '<'} (?, ?)`, values)
  }
  const order = backwards ? 'asc' : 'desc'
  const rows = await query
    .pojo<{ id: string; created_at: unknown }>()
    .select('id', 'created_at')
    .orderBy('created_at', order)
    .orderBy('id', order)
    .limit(limit)
  return rows.map(({ id, created_at: at }) => ({
    id,
    key: `${word}.${fromInstant(at)!.toMillis()}`,
    tie: id,
  }))
}
