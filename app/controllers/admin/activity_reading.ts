import { decodeCursor } from '#services/account_cursor'
import { MOST_ROWS, PAGE_SIZE } from '#services/activity_log'
import type { Cursor } from '#services/newest_first'
import type { listLinks } from '#transformers/list_links'

/** Where somebody is in the log: from which place on, and how many rows they have read on for. */
export interface Reading {
  cursor: Cursor | null
  until: Cursor | null
  /** Only what follows this one is wanted, to be put below the rows that are there. */
  after: Cursor | null
  rows: number
  /** The same place as the address has it. */
  place: { cursor: string | null; until: string | null }
  links: ReturnType<typeof listLinks>
  /** Whether older entries may come below: not below a list that moves, nor below one that was reached upwards. */
  mayGrow: boolean
}

/** Reads the place from the address; what makes no sense is the newest page. */
export function readingOf(
  { cursor, until, after, rows }: Record<string, unknown>,
  { links, isTail }: Pick<Reading, 'links'> & { isTail: boolean }
): Reading {
  const from = decodeCursor(cursor)
  const newest = from ? null : decodeCursor(until)
  const mayGrow = !isTail && from?.direction !== 'previous'
  const count = mayGrow ? rowsOf(rows) : PAGE_SIZE
  return {
    ...{ cursor: from, until: newest, links, mayGrow, rows: count },
    after: count > PAGE_SIZE ? decodeCursor(after) : null,
    place: { cursor: from ? String(cursor) : null, until: newest ? String(until) : null },
  }
}

/** What has to be read: all rows, or the ones that follow those that are there. */
export function pageOf({ cursor, until, after, rows }: Reading) {
  return after ? { cursor: after, until: null, size: PAGE_SIZE } : { cursor, until, size: rows }
}

/** How many rows the page has when these have come. */
export function shownOf({ after, rows }: Reading, found: number): number {
  return after ? rows - PAGE_SIZE + found : found
}

/**
 * Where the next rows come from to stand below these, and the address that the page has then: a visitor of that address
 * finds the same rows. Null where older entries are another page.
 */
export function moreOf(
  { rows, place, links, mayGrow }: Reading,
  next: string | null,
  newest: string | null
): { from: string; address: string } | null {
  if (!mayGrow || next === null || rows + PAGE_SIZE > MOST_ROWS) return null
  const then = {
    ...place,
    until: place.cursor ? null : (place.until ?? newest),
    rows: String(rows + PAGE_SIZE),
  }
  return { from: links.to({ ...then, after: next }), address: links.to(then) }
}

function rowsOf(value: unknown): number {
  const rows = typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : PAGE_SIZE
  return Math.max(PAGE_SIZE, Math.min(MOST_ROWS, rows - (rows % PAGE_SIZE)))
}
