import type { BackupSource } from '#services/backup/backup_source'
import type { Row } from '#store/driver'
import { keyProblem, type KeyRow } from '#vault/key_check'
import type { KeyRing } from '#vault/key_ring'
import { SEALED_TABLES, type SealedTable } from '#vault/rewrap'
import { Vault, type Unreadable } from '#vault/vault'

/** Why a copy cannot be restored here. */
export type BackupProblem =
  | { code: 'not_ours' }
  | { code: 'damaged'; damage: string }
  /** A newer version made it: this one knows nothing of these migrations. */
  | { code: 'newer'; migrations: readonly string[] }
  /** ENCRYPTION_KEYS does not fit; the sentence says what to do. */
  | { code: 'keys'; reason: string }
  | { code: 'unreadable'; values: number; reasons: readonly Unreadable[] }

/** `tokens`: sealed values, each of which opens. `behind`: migrations that would run at a restore. */
export type ExaminedBackup =
  { ok: true; tokens: number; accounts: number; behind: number } | { ok: false; problem: BackupProblem }

interface Options {
  ring: KeyRing
  /** The names of all migrations of this version. */
  migrations: readonly string[]
}

const PAGE = 500
const COLUMNS = {
  sqlite: 'SELECT name FROM pragma_table_info(?)',
  postgres:
    'SELECT column_name AS name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ?',
}

/**
 * Says whether a copy of the database could be put to work here, with the keys of this installation: it is whole, this
 * version knows its schema, and every sealed value in it opens. Changes nothing in it. Rejects only where it cannot be
 * read for a reason that is not its own.
 */
export async function examineBackup(
  source: BackupSource,
  { ring, migrations }: Options
): Promise<ExaminedBackup> {
  const damage = source.dialect === 'sqlite' ? await findDamage(source) : null
  if (damage !== null) return refused({ code: 'damaged', damage })
  const theirs = await readMigrations(source)
  if (theirs === null) return refused({ code: 'not_ours' })
  const unknown = theirs.filter((name) => !migrations.includes(name))
  if (unknown.length > 0) return refused({ code: 'newer', migrations: unknown })
  const keys = await source.read('SELECT id, check_value, created_at, retired_at FROM encryption_keys', [])
  const reason = keyProblem(keys as unknown as KeyRow[], ring)
  if (reason !== null) return refused({ code: 'keys', reason })
  const { tokens, unreadable, reasons } = await openAll(source, new Vault(ring))
  if (unreadable > 0) return refused({ code: 'unreadable', values: unreadable, reasons: [...reasons] })
  const [{ count }] = await source.read('SELECT count(*) AS count FROM connections', [])
  return { ok: true, tokens, accounts: Number(count), behind: migrations.length - theirs.length }
}

function refused(problem: BackupProblem): ExaminedBackup {
  return { ok: false, problem }
}

/** Null for what is no database, or none of ours. */
async function readMigrations(source: BackupSource): Promise<string[] | null> {
  try {
    const rows = await source.read('SELECT name FROM adonis_schema ORDER BY name', [])
    return rows.length > 0 ? rows.map(({ name }) => String(name)) : null
  } catch (error) {
    const { code = '' } = error as { code?: string }
    // No such table, no such column, no database at all; in PostgreSQL undefined table.
    if (['SQLITE_ERROR', 'SQLITE_NOTADB', '42P01', '42703'].includes(code)) return null
    throw error
  }
}

async function findDamage(source: BackupSource): Promise<string | null> {
  try {
    const [{ integrity_check: found }] = await source.read('PRAGMA integrity_check(1)', [])
    return found === 'ok' ? null : String(found).slice(0, 200)
  } catch (error) {
    const { code = '' } = error as { code?: string }
    if (code === 'SQLITE_NOTADB') return null
    if (code.startsWith('SQLITE_CORRUPT')) return 'the file is malformed'
    throw error
  }
}

async function openAll(source: BackupSource, vault: Vault) {
  const seen = { tokens: 0, unreadable: 0, reasons: new Set<Unreadable>() }
  for (const table of SEALED_TABLES) {
    const there = (await source.read(COLUMNS[source.dialect], [table.name])).map(({ name }) => name)
    // A copy from before a migration has fewer of them.
    const columns = table.columns.filter((column) => there.includes(column))
    if (columns.length === 0) continue
    for await (const row of rowsOf(source, table, columns)) openRow(vault, table, columns, row, seen)
  }
  return seen
}

async function* rowsOf(source: BackupSource, { name, isShared }: SealedTable, columns: readonly string[]) {
  const wanted = ['id', isShared ? "'' AS organization_id" : 'organization_id', ...columns].join(', ')
  for (let after: string | null = null; ;) {
    const where: string = after === null ? '' : 'WHERE id > ?'
    const sql: string = `SELECT ${wanted} FROM ${name} ${where} ORDER BY id LIMIT ${PAGE}`
    const rows: Row[] = await source.read(sql, after === null ? [] : [after])
    yield* rows
    if (rows.length < PAGE) return
    after = String(rows[rows.length - 1].id)
  }
}

function openRow(
  vault: Vault,
  table: SealedTable,
  columns: readonly string[],
  row: Row,
  seen: { tokens: number; unreadable: number; reasons: Set<Unreadable> }
): void {
  for (const column of columns) {
    const blob = row[column]
    if (blob === null) continue
    const [organizationId, connectionId] = [String(row.organization_id), String(row.id)]
    const opened = vault.open(String(blob), { organizationId, connectionId, column: table.sealedAs(column) })
    seen.tokens++
    if (opened.ok) continue
    seen.unreadable++
    seen.reasons.add(opened.reason)
  }
}
