import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import type { Clock } from '#oauth/types'
import type { Row, Statements, StoreDriver, Value } from '#token_refresh/store_driver'

const BUSY_TIMEOUT = 100
const RETRY_EVERY = 15

/**
 * Opens the store's own connections to a SQLite file: one that writes, one that reads. Every transaction begins
 * IMMEDIATE, since a read that turns into a write fails with BUSY_SNAPSHOT; the busy timeout is short, because a long
 * one would freeze the event loop, and the waiting is done between tries instead. On SQLite the host's clock is the
 * database's clock.
 */
export function openSqliteDriver(filename: string, clock: Clock): StoreDriver {
  const writer = open(filename)
  const reader = open(filename)
  const write = statementsOn(writer, clock)
  const read = statementsOn(reader, clock)

  return {
    dialect: 'sqlite',
    async transaction(work) {
      await beginImmediate(writer)
      try {
        const result = await work(write)
        await commit(writer)
        return result
      } catch (error) {
        if (writer.inTransaction) writer.exec('ROLLBACK')
        throw error
      }
    },
    read: (sql, values) => read.all(sql, values),
    async close() {
      reader.close()
      writer.close()
    },
  }
}

function open(filename: string): Database.Database {
  const connection = new Database(filename, { timeout: BUSY_TIMEOUT })
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = FULL')
  connection.pragma('foreign_keys = ON')
  connection.function('gen_random_uuid', { deterministic: false }, () => randomUUID())
  return connection
}

async function beginImmediate(connection: Database.Database): Promise<void> {
  for (;;) {
    try {
      connection.exec('BEGIN IMMEDIATE')
      return
    } catch (error) {
      if (!isBusy(error)) throw error
      await sleep(RETRY_EVERY)
    }
  }
}

async function commit(connection: Database.Database): Promise<void> {
  for (;;) {
    try {
      connection.exec('COMMIT')
      return
    } catch (error) {
      if (!isBusy(error)) throw error
      await sleep(RETRY_EVERY)
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && String((error as Error & { code?: string }).code).startsWith('SQLITE_BUSY')
}

function statementsOn(connection: Database.Database, clock: Clock): Statements {
  const prepared = new Map<string, Database.Statement>()
  const statement = (sql: string) => {
    const known = prepared.get(sql)
    if (known) return known
    const fresh = connection.prepare(sql.replaceAll('?t', '?'))
    prepared.set(sql, fresh)
    return fresh
  }
  const bind = (values: readonly Value[]) =>
    values.map((value) => (typeof value === 'boolean' ? Number(value) : value))
  return {
    now: async () => clock.now(),
    all: async (sql, values) => statement(sql).all(...bind(values)) as Row[],
    run: async (sql, values) => statement(sql).run(...bind(values)).changes,
  }
}
