import db from '@adonisjs/lucid/services/db'
import type { Knex } from 'knex'

export interface Statement {
  sql: string
  bindings: readonly unknown[]
}

/** Hears every statement that the application sends to its database while this work goes on. */
export async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const client = db.connection().getReadClient() as Knex
  const heard: Statement[] = []
  const hear = ({ sql, bindings }: Statement) => void heard.push({ sql, bindings })
  client.on('query', hear)
  await work().finally(() => client.removeListener('query', hear))
  return heard
}

/**
 * How the database answers a statement, a line for each step. PostgreSQL reads a small table as a whole even where an
 * index waits for it to grow; here it does so only where there is none.
 */
export async function planOf({ sql, bindings }: Statement): Promise<string> {
  const client = db.connection().getReadClient() as Knex
  const values = [...bindings] as Knex.Value[]
  if (db.connection().dialect.name !== 'postgres') {
    const rows: { detail: string }[] = await client.raw(`EXPLAIN QUERY PLAN ${sql}`, values)
    return rows.map(({ detail }) => detail).join('\n')
  }
  return client.transaction(async (transaction) => {
    await transaction.raw('SET LOCAL enable_seqscan = off')
    // The driver got the statement with numbered marks.
    const text = sql.replace(/\$\d+/g, '?')
    const { rows }: { rows: { 'QUERY PLAN': string }[] } = await transaction.raw(`EXPLAIN ${text}`, values)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  })
}
