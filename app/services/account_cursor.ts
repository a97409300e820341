/** A place in the account list, which is sorted by `created_at` and `id`, newest first. */
export interface AccountCursor {
  direction: 'next' | 'previous'
  createdAt: number
  id: string
}

/** The opaque text that stands in the URL. */
export function encodeCursor(cursor: AccountCursor): string {
  const direction = cursor.direction === 'next' ? 'n' : 'p'
  return Buffer.from(`${direction}.${cursor.createdAt}.${cursor.id}`).toString('base64url')
}

/** Reads what `encodeCursor` wrote; null for anything else, which then means the first page. */
export function decodeCursor(text: unknown): AccountCursor | null {
  if (typeof text !== 'string' || text.length > 200) return null
  const found = /^([np])\.(\d{1,15})\.([0-9a-f-]{36})$/.exec(Buffer.from(text, 'base64url').toString())
  if (!found) return null
  return {
    direction: found[1] === 'n' ? 'next' : 'previous',
    createdAt: Number(found[2]),
    id: found[3],
  }
}
