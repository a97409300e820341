import type { TransactionClientContract } from '@adonisjs/lucid/types/database'

/** A table of the target, with the type of each column, as PostgreSQL calls it. */
export interface TablePlan {
  name: string
  columns: ReadonlyMap<string, string>
  /** Columns that name a row of the same table, which has to be there first. */
  selfReferences: readonly string[]
}

/** What means nothing elsewhere: the schema's own history, processes, sign-ins, and what the database knows of itself. */
const STAYS = [
  ...['adonis_schema', 'adonis_schema_versions', 'workers', 'sessions', 'installation'],
  ...['installation_facts', 'setup_tokens'],
]

const COLUMNS = `SELECT table_name AS "table", column_name AS "column", data_type AS type
  FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position`
const REFERENCES = `SELECT child.relname AS child, parent.relname AS parent, a.attname AS "column"
  FROM pg_constraint c
  JOIN pg_class child ON child.oid = c.conrelid
  JOIN pg_class parent ON parent.oid = c.confrelid
  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
  WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace`

interface Reference {
  child: string
  parent: string
  column: string
}

/** The tables to copy, each behind those that it refers to. */
export async function planTables(target: TransactionClientContract): Promise<TablePlan[]> {
  const columns = (await target.rawQuery<{ rows: Record<'table' | 'column' | 'type', string>[] }>(COLUMNS))
    .rows
  const references = (await target.rawQuery<{ rows: Reference[] }>(REFERENCES)).rows
  const names = [...new Set(columns.map(({ table }) => table))].filter((name) => !STAYS.includes(name))
  return inOrder(names, references).map((name) => ({
    name,
    columns: new Map(columns.filter(({ table }) => table === name).map(({ column, type }) => [column, type])),
    selfReferences: references
      .filter((one) => one.child === name && one.parent === name)
      .map(({ column }) => column),
  }))
}

/** Pure. Throws where tables refer to each other in a circle, which our schema does not. */
export function inOrder(
  names: readonly string[],
  references: readonly Pick<Reference, 'child' | 'parent'>[]
): string[] {
  const ordered: string[] = []
  let left = [...names]
  while (left.length > 0) {
    const waiting = left
    const isReady = (name: string) =>
      references.every(({ child, parent }) => child !== name || parent === name || !waiting.includes(parent))
    const ready = waiting.filter(isReady)
    if (ready.length === 0)
      throw new Error(`These tables refer to each other in a circle: ${left.join(', ')}`)
    ordered.push(...ready)
    left = left.filter((name) => !ready.includes(name))
  }
  return ordered
}
