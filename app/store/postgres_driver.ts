import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Clock } from '#oauth/types'
import type { Row, Statement, StoreDriver, Value, Work } from '#store/driver'
import { withoutValues } from '#store/without_values'

/** Serialization failure and deadlock: nothing was written, the same work may run again. */
const TRY_AGAIN = new Set(['40001', '40P01'])
const TRIES = 5

/**
 * Opens the store's own small pool to PostgreSQL. Statements are prepared per connection under a name derived from
 * their text. `clock` replaces the server's clock where a test plays with time; otherwise the server's clock decides.
 */
export function openPostgresDriver(connectionString: string, clock: Clock | null = null): StoreDriver {
  const pool = new pg.Pool({ connectionString, max: 3, application_name: 'evergrant-store', pipeline: true })
  // A connection that breaks is replaced at the next use. Without listeners it would end the process: the pool's own
  // is for idle ones, and one that breaks between two statements of a transaction tells nobody else.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))

  return {
    dialect: 'postgres',
    async transaction(work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await inTransaction(pool, clock, work)
        } catch (error) {
          if (attempt >= TRIES || !TRY_AGAIN.has(String((error as { code?: string }).code)))
            throw withoutValues(error)
          await sleep(10 * attempt)
        }
      }
    },
    async read(sql, values) {
      try {
        return rowsOf(await pool.query(toQuery(sql, values)))
      } catch (error) {
        throw withoutValues(error)
      }
    },
    close: () => pool.end(),
  }
}

async function inTransaction<T>(pool: pg.Pool, clock: Clock | null, work: () => Work<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    const statements = work()
    let step = statements.next()
    while (!step.done) step = statements.next(await answer(client, clock, step.value))
    await client.query('COMMIT')
    return step.value
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.release(broken)
  }
}

const SERVER_TIME = 'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now'

async function answer(
  client: pg.PoolClient,
  clock: Clock | null,
  statement: Statement
): Promise<Row[] | number | number[]> {
  if (statement.ask === 'now') return clock ? clock.now() : (await client.query(SERVER_TIME)).rows[0].now
  if (statement.ask === 'counts') {
    const results = statement.changes.map(({ sql, values }) => client.query(toQuery(sql, values)))
    return (await Promise.all(results)).map(({ rowCount }) => rowCount ?? 0)
  }
  const result = await client.query(toQuery(statement.sql, statement.values))
  return statement.ask === 'rows' ? rowsOf(result) : (result.rowCount ?? 0)
}

const texts = new Map<string, { name: string; text: string }>()

function toQuery(sql: string, values: readonly Value[]): pg.QueryConfig {
  let known = texts.get(sql)
  if (!known) {
    let position = 0
    const text = sql.replaceAll(/\?t?/g, (mark) => {
      position += 1
      return mark === '?t' ? `to_timestamp($${position}::float8 / 1000)` : `$${position}`
    })
    known = { name: createHash('sha1').update(text).digest('hex').slice(0, 24), text }
    texts.set(sql, known)
  }
  return { ...known, values: [...values] }
}

function rowsOf(result: pg.QueryResult<Row>): Row[] {
  for (const row of result.rows) {
    for (const [column, value] of Object.entries(row)) {
      if (value instanceof Date) row[column] = value.getTime()
    }
  }
  return result.rows
}
