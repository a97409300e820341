import { existsSync } from 'node:fs'
import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Installation } from '#services/installation'
import { systemClock } from '#services/system_clock'
import { planTables, type TablePlan } from '#services/transfer/table_plan'
import { WorkerRegistry } from '#services/worker_registry'
import type { StoreDriver } from '#store/driver'
import { openSqliteDriver } from '#store/sqlite_driver'

export type TransferRefusal =
  | 'target_is_not_postgres'
  | 'no_such_file'
  | 'not_ours'
  | 'schemas_differ'
  | 'target_in_use'
  | 'source_in_use'

export type TransferAnswer =
  | { type: 'transferred'; rows: number; tables: Readonly<Record<string, number>> }
  | { type: 'refused'; reason: TransferRefusal }

const BATCH = 500
const MIGRATIONS = 'SELECT name FROM adonis_schema ORDER BY name'
/** Rows that nobody's row has to precede, then those that refer to them. */
const PASSES = [(column: string) => `${column} IS NULL`, (column: string) => `${column} IS NOT NULL`]
const RETIRED = 'its accounts were moved to PostgreSQL with database:transfer'

/**
 * Copies a SQLite database into the PostgreSQL database of this process, which must have the same schema and no data.
 * Ciphertext is copied as it is, so both need the same `ENCRYPTION_KEYS`. All or nothing: one transaction, which is
 * committed only if each table has as many rows as its source. The source is put into quarantine first, because two
 * databases that refresh the same grants end them; where the copy fails, the same command may be run again, or
 * `quarantine:lift` gives the source back to work. `force` takes processes that the source remembers for ended.
 */
export async function transferDatabase(
  file: string,
  { force = false, onProgress }: { force?: boolean; onProgress: (done: number, total: number) => void }
): Promise<TransferAnswer> {
  if (db.connection().dialect.name !== 'postgres') return refused('target_is_not_postgres')
  if (!existsSync(file)) return refused('no_such_file')
  const source = openSqliteDriver(file, systemClock)
  try {
    const reason = await whyNot(source, force)
    if (reason) return refused(reason)
    await new Installation(source, `${file}.witness`).retire(RETIRED)
    const tables = await db.transaction((target) => copyAll(source, target, onProgress))
    const rows = Object.values(tables).reduce((sum, count) => sum + count, 0)
    return { type: 'transferred', rows, tables }
  } finally {
    await source.close()
  }
}

function refused(reason: TransferRefusal): TransferAnswer {
  return { type: 'refused', reason }
}

async function whyNot(source: StoreDriver, force: boolean): Promise<TransferRefusal | null> {
  const theirs = await source.read(MIGRATIONS, []).catch(() => null)
  if (!theirs) return 'not_ours'
  const ours = (await db.rawQuery<{ rows: { name: string }[] }>(MIGRATIONS)).rows
  if (JSON.stringify(theirs) !== JSON.stringify(ours)) return 'schemas_differ'
  for (const table of ['users', 'connections'])
    if (await db.from(table).select('id').first()) return 'target_in_use'
  const working = force ? 0 : (await new WorkerRegistry(source, 'transfer').alive()).size
  return working > 0 ? 'source_in_use' : null
}

async function copyAll(
  source: StoreDriver,
  target: TransactionClientContract,
  onProgress: (done: number, total: number) => void
): Promise<Record<string, number>> {
  const plan = await planTables(target)
  // What migrations and a first start put there: the source has its own.
  for (const { name } of plan.toReversed()) await target.from(name).delete()
  const counts = new Map<string, number>()
  for (const { name } of plan) counts.set(name, await countIn(source, name))
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  let done = 0
  for (const table of plan) {
    await copyTable(source, target, table, (rows) => onProgress((done += rows), total))
    const [{ count }] = await target.from(table.name).count('* as count')
    if (Number(count) !== counts.get(table.name)) throw new Error(`${table.name}: ${count} rows arrived`)
  }
  return Object.fromEntries(counts)
}

async function copyTable(
  source: StoreDriver,
  target: TransactionClientContract,
  { name, columns, selfReferences }: TablePlan,
  onRows: (rows: number) => void
): Promise<void> {
  const passes =
    selfReferences.length === 0 ? ['TRUE'] : PASSES.map((pass) => selfReferences.map(pass).join(' AND '))
  for (const pass of passes) {
    const sql = `SELECT rowid AS position, * FROM ${name} WHERE rowid > ? AND (${pass}) ORDER BY rowid LIMIT ?`
    for (let position = -1; ;) {
      const rows = await source.read(sql, [position, BATCH])
      if (rows.length === 0) break
      await target.table(name).multiInsert(rows.map((row) => toPostgres(row, columns)))
      position = Number(rows[rows.length - 1].position)
      onRows(rows.length)
    }
  }
}

/** Claims name a process of the old place; an attempt that had begun stays marked as begun, so it is taken up as in doubt. */
function toPostgres(
  { position: _, ...row }: Record<string, unknown>,
  columns: TablePlan['columns']
): Record<string, unknown> {
  const values = Object.entries(row).map(([name, value]) => {
    if (value === null || name === 'worker_id') return [name, null]
    const type = columns.get(name)
    if (type?.startsWith('timestamp')) return [name, new Date(Number(value))]
    return [name, type === 'boolean' ? Boolean(value) : value]
  })
  return Object.fromEntries(values)
}

async function countIn(source: StoreDriver, table: string): Promise<number> {
  const [row] = await source.read(`SELECT count(*) AS count FROM ${table}`, [])
  return Number(row.count)
}
