import type { LucidModel, ModelQueryBuilderContract } from '@adonisjs/lucid/types/model'
import type { DateTime } from 'luxon'
import { toInstant } from '#models/columns'
import { encodeCursor, type AccountCursor } from '#services/account_cursor'

/** A place in any list that is sorted by `created_at` and `id`, newest first. */
export type Cursor = AccountCursor

/** One page of a list; the cursors are for the URL, null where there is nothing further. */
export interface ListPage<Item> {
  items: Item[]
  next: string | null
  previous: string | null
}

interface Placed {
  id: string
  createdAt: DateTime
}

/** One page of what the query finds, newest first. Costs the same on the last page as on the first. */
export async function newestFirst<Model extends LucidModel>(
  query: ModelQueryBuilderContract<Model>,
  cursor: Cursor | null,
  size: number
): Promise<ListPage<InstanceType<Model>>> {
  const backwards = cursor?.direction === 'previous'
  if (cursor) {
    const operator = backwards ? '>' : '<'
    query.whereRaw(`(created_at, id) ${operator} (?, ?)`, [toInstant(cursor.createdAt) as number, cursor.id])
  }
  const order = backwards ? 'asc' : 'desc'
  const found = await query
    .orderBy('created_at', order)
    .orderBy('id', order)
    .limit(size + 1)
  const more = found.length > size
  const items = found.slice(0, size) as InstanceType<Model>[]
  if (backwards) items.reverse()
  return {
    items,
    next: backwards || more ? placeOf(items.at(-1), 'next') : null,
    previous: cursor && (!backwards || more) ? placeOf(items[0], 'previous') : null,
  }
}

/** The same for rows of a statement that asked for one more than the size. */
export function pageOfRows<Row extends { id?: unknown; created_at?: unknown }>(
  rows: readonly Row[],
  cursor: Cursor | null,
  size: number
): ListPage<Row> {
  const backwards = cursor?.direction === 'previous'
  const more = rows.length > size
  const items = rows.slice(0, size)
  if (backwards) items.reverse()
  const place = (row: Row | undefined, direction: Cursor['direction']) =>
    row ? encodeCursor({ direction, createdAt: Number(row.created_at), id: String(row.id) }) : null
  return {
    items,
    next: backwards || more ? place(items.at(-1), 'next') : null,
    previous: cursor && (!backwards || more) ? place(items[0], 'previous') : null,
  }
}

function placeOf(item: unknown, direction: Cursor['direction']): string | null {
  if (!item) return null
  const { id, createdAt } = item as Placed
  return encodeCursor({ direction, createdAt: createdAt.toMillis(), id })
}
