import { printSort, SORT_COLUMNS, type AccountSort } from '#services/account_sort'

/** A place in the sorted list: beside the row of this key. Instants are milliseconds. */
export interface AccountPlace {
  direction: 'next' | 'previous'
  key: string | number | null
  /** Tells rows of equal keys apart. */
  tie: string
}

/** Longer than any key: a name counts with its first 64 characters, a provider's id has 255. */
const LONGEST = 2_000
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** Of the order by severity: the word, and when the account was added. */
const SEVERITY = /^[a-z]+\.\d{1,15}$/

/** The opaque text that stands in the URL. It serves for this sort only. */
export function encodePlace({ direction, key, tie }: AccountPlace, sort: AccountSort): string {
  return Buffer.from(JSON.stringify([direction, printSort(sort), key, tie])).toString('base64url')
}

/** Reads what `encodePlace` wrote for this sort; null for anything else, which then means the first page. */
export function decodePlace(text: unknown, sort: AccountSort): AccountPlace | null {
  if (typeof text !== 'string' || text.length > LONGEST) return null
  const parts = parsed(Buffer.from(text, 'base64url').toString())
  if (!Array.isArray(parts) || parts.length !== 4 || parts[1] !== printSort(sort)) return null
  const [direction, , key, tie] = parts as [unknown, unknown, AccountPlace['key'], unknown]
  if (direction !== 'next' && direction !== 'previous') return null
  return typeof tie === 'string' && fits(key, tie, sort) ? { direction, key, tie } : null
}

/** A database refuses to compare an instant or an id with other text. */
function fits(key: unknown, tie: string, sort: AccountSort): boolean {
  if (sort.key === 'status') return typeof key === 'string' && SEVERITY.test(key) && UUID.test(tie)
  const column = SORT_COLUMNS[sort.key]
  if (column.tie === 'id' ? !UUID.test(tie) : tie.includes('\0')) return false
  if (key === null) return column.nullable
  if (column.kind === 'text') return typeof key === 'string' && !key.includes('\0')
  return typeof key === 'number' && Number.isSafeInteger(key) && Math.abs(key) < 8.64e15
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
