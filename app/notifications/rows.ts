import type { Row } from '#store/driver'

/** What every reader of our rows needs. */

const INVISIBLE = /[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export function instantOf(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value)
}

/** JSON columns come as text from SQLite and parsed from PostgreSQL. */
export function documentOf<T>(value: unknown, empty: T): T {
  if (value === null || value === undefined) return empty
  return (typeof value === 'string' ? JSON.parse(value) : value) as T
}

/** The id in the form in which ids are stored; null for what cannot be one, which PostgreSQL would refuse to compare. */
export function idOf(value: unknown): string | null {
  const id = typeof value === 'string' ? value.toLowerCase() : ''
  return UUID.test(id) ? id : null
}

/** What people know an account by. Control and direction characters are left out: they could turn the text around. */
export function accountName(row: Row): string {
  const names = [row.display_name, row.username, row.provider_account_id, row.owner]
  const shown = names.map((name) => ((name as string | null) ?? '').replace(INVISIBLE, '').trim())
  return shown.find(Boolean) ?? 'Unnamed account'
}
