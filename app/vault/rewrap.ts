import { sealedPrefix, type Unreadable, type Vault } from '#vault/vault'

/** The columns of a connection that hold ciphertext. */
export const SEALED_COLUMNS = [
  'access_token',
  'refresh_token',
  'spare_refresh_token',
  'token_secret',
] as const
export type SealedColumn = (typeof SEALED_COLUMNS)[number]

/** What a connection keeps sealed. */
export type SealedRow = { id: string; organization_id: string } & Record<SealedColumn, string | null>

export type Rewrapped =
  | { ok: true; values: Record<SealedColumn, string | null> }
  | { ok: false; column: SealedColumn; reason: Unreadable }

/**
 * Seals what a connection keeps under the newest key. Values that are under it already stay as they are, and so does
 * the whole row where one of its values does not open: what nobody can read is evidence, not rubbish.
 */
export function rewrap(vault: Vault, row: SealedRow): Rewrapped {
  const newest = sealedPrefix(vault.currentKeyId)
  const values = {} as Record<SealedColumn, string | null>
  for (const column of SEALED_COLUMNS) {
    const blob = row[column]
    if (blob === null || blob.startsWith(newest)) {
      values[column] = blob
      continue
    }
    const place = { organizationId: row.organization_id, connectionId: row.id, column: sealedAs(column) }
    const opened = vault.open(blob, place)
    if (!opened.ok) return { ok: false, column, reason: opened.reason }
    values[column] = vault.seal(opened.secret, place)
  }
  return { ok: true, values }
}

/** The spare is sealed as the refresh token that it will become. */
function sealedAs(column: SealedColumn): string {
  return column === 'spare_refresh_token' ? 'refresh_token' : column
}
