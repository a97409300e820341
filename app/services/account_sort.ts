/** What the list can be sorted by. `added` is the order without a choice, newest first. */
export const SORT_KEYS = [
  'added',
  'name',
  'provider',
  'status',
  'expires',
  'deadline',
  'last',
  'next',
] as const
export type SortKey = (typeof SORT_KEYS)[number]

export interface AccountSort {
  key: SortKey
  descending: boolean
}

export const NEWEST_FIRST: AccountSort = { key: 'added', descending: true }

/** Reads a sort as the URL has it: a key, with a minus before it where it is turned round; null for anything else. */
export function readSort(text: unknown): AccountSort | null {
  if (typeof text !== 'string') return null
  const descending = text.startsWith('-')
  const key = SORT_KEYS.find((known) => known === text.slice(descending ? 1 : 0))
  return key === undefined ? null : { key, descending }
}

/** The text that `readSort` reads; null for the order that needs no word. */
export function printSort({ key, descending }: AccountSort): string | null {
  if (key === 'added' && descending) return null
  return descending ? `-${key}` : key
}

/** How a sort reads the table: an expression, whether it is an instant and may be missing, and what makes it unique. */
export interface SortColumn {
  sql: string
  kind: 'text' | 'instant'
  nullable: boolean
  tie: 'id' | 'provider_account_id'
  /** Holds for every row; on SQLite it opens the index of this order (migration 021) and keeps others out of it. */
  opens: string | null
}

const time = (sql: string): SortColumn => ({
  ...{ sql, kind: 'instant', nullable: true, tie: 'id', opens: `connections.id <> 'times'` },
})

/** Severity is no column: `account_page.ts` walks its words. */
export const SORT_COLUMNS: Readonly<Record<Exclude<SortKey, 'status'>, SortColumn>> = {
  added: { sql: 'connections.created_at', kind: 'instant', nullable: false, tie: 'id', opens: null },
  name: {
    sql: `lower(substr(coalesce(nullif(display_name, ''), nullif(username, ''), provider_account_id), 1, 64))`,
    ...{ kind: 'text', nullable: false, tie: 'id', opens: `connections.id <> 'names'` },
  },
  provider: {
    sql: 'connections.provider',
    ...{ kind: 'text', nullable: false, tie: 'provider_account_id', opens: null },
  },
  expires: time('connections.token_expires_at'),
  deadline: time('connections.grant_expires_at'),
  last: time('connections.last_token_refresh_at'),
  next: time('connections.next_refresh_at'),
}
