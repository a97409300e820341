import { sealedPrefix, type Unreadable, type Vault } from '#vault/vault'

/** A table with ciphertext in some of its columns. Its rows have an `id`, and belong to an organization unless told. */
export interface SealedTable<Column extends string = string> {
  name: string
  /** What the id of a row is called in reports. */
  idName: 'connection_id' | 'provider_id' | 'revocation_id' | 'channel_id' | 'user_id'
  columns: readonly Column[]
  /** Its rows are bound to no organization. */
  isShared?: boolean
  /** The column that a value was sealed for. */
  sealedAs(column: string): string
}

/** The columns of a connection that hold ciphertext. */
export const SEALED_COLUMNS = [
  'access_token',
  'refresh_token',
  'spare_refresh_token',
  'token_secret',
] as const
export type SealedColumn = (typeof SEALED_COLUMNS)[number]

const CONNECTIONS: SealedTable<SealedColumn> = {
  name: 'connections',
  idName: 'connection_id',
  columns: SEALED_COLUMNS,
  // The spare is sealed as the refresh token that it will become.
  sealedAs: (column) => (column === 'spare_refresh_token' ? 'refresh_token' : column),
}

const PROVIDERS: SealedTable = {
  name: 'providers',
  idName: 'provider_id',
  columns: ['client_secret', 'registration_access_token'],
  sealedAs: (column) => `providers.${column}`,
}

/** Tokens of disconnected accounts that wait for their end at the provider. */
const REVOCATIONS: SealedTable = {
  name: 'revocations',
  idName: 'revocation_id',
  columns: ['token'],
  sealedAs: (column) => `revocations.${column}`,
}

/** Where messages of an organization go, and what signs them. */
const CHANNELS: SealedTable = {
  name: 'notification_channels',
  idName: 'channel_id',
  columns: ['secret'],
  sealedAs: () => 'notification_channel',
}

/** What people's authenticator apps share with us. A person may belong to several organizations. */
const TWO_FACTORS: SealedTable = {
  name: 'two_factors',
  idName: 'user_id',
  columns: ['secret'],
  isShared: true,
  sealedAs: (column) => `two_factors.${column}`,
}

/** Everything that the vault keeps in the database, apart from the check values of its keys. */
export const SEALED_TABLES: readonly SealedTable[] = [
  CONNECTIONS,
  PROVIDERS,
  REVOCATIONS,
  CHANNELS,
  TWO_FACTORS,
]

/** A row of a table with ciphertext. */
export type SealedRow<Column extends string = SealedColumn> = {
  id: string
  organization_id: string
} & Record<Column, string | null>

export type Rewrapped<Column extends string = SealedColumn> =
  { ok: true; values: Record<Column, string | null> } | { ok: false; column: Column; reason: Unreadable }

/**
 * Seals what a row keeps, a connection's unless told, under the newest key. Values that are under it already stay as
 * they are, and so does the whole row where one of its values does not open: what nobody can read is evidence, not
 * rubbish.
 */
export function rewrap(vault: Vault, row: SealedRow): Rewrapped
export function rewrap<Column extends string>(
  vault: Vault,
  row: SealedRow<Column>,
  table: SealedTable<Column>
): Rewrapped<Column>
export function rewrap(
  vault: Vault,
  row: SealedRow<string>,
  table: SealedTable = CONNECTIONS
): Rewrapped<string> {
  const newest = sealedPrefix(vault.currentKeyId)
  const values: Record<string, string | null> = {}
  for (const column of table.columns) {
    const blob = row[column]
    if (blob === null || blob.startsWith(newest)) {
      values[column] = blob
      continue
    }
    const place = {
      organizationId: row.organization_id,
      connectionId: row.id,
      column: table.sealedAs(column),
    }
    const opened = vault.open(blob, place)
    if (!opened.ok) return { ok: false, column, reason: opened.reason }
    values[column] = vault.seal(opened.secret, place)
  }
  return { ok: true, values }
}
