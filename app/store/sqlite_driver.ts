import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import type { Clock } from '#oauth/types'
import type { Change, Row, Statement, StoreDriver, Value, Work } from '#store/driver'
import { timeOrdered } from '#store/time_ordered'

const FIRST_RETRY = 1
const LAST_RETRY = 25

/**
 * Opens the store's own connections to a SQLite file: one that writes, one that reads. Every transaction begins
 * IMMEDIATE, since a read that turns into a write fails with BUSY_SNAPSHOT. A busy database is never waited for inside
 * SQLite: that would freeze the event loop, and with it whoever holds the lock in this very process; the waiting is done
 * between tries. On SQLite the host's clock is the database's clock.
 */
export function openSqliteDriver(filename: string, clock: Clock): StoreDriver {
  const writer = open(filename, clock)
  const reader = open(filename, clock)
  const answer = answerer(writer, clock)
  const read = answerer(reader, clock)

  return {
    dialect: 'sqlite',
    async transaction(work) {
      for (let wait = FIRST_RETRY; ; wait = Math.min(wait * 2, LAST_RETRY)) {
        if (begins(writer)) return inTransaction(writer, answer, work)
        await sleep(wait)
      }
    },
    read: async (sql, values) => read({ ask: 'rows', sql, values }) as Row[],
    async close() {
      reader.close()
      writer.close()
    },
  }
}

function open(filename: string, clock: Clock): Database.Database {
  const connection = new Database(filename, { timeout: 0 })
  connection.pragma('busy_timeout = 2000')
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = FULL')
  connection.pragma('foreign_keys = ON')
  connection.pragma('busy_timeout = 0')
  connection.function('uuid_v7', { deterministic: false }, () => timeOrdered(clock.now()))
  return connection
}

function begins(connection: Database.Database): boolean {
  try {
    connection.exec('BEGIN IMMEDIATE')
    return true
  } catch (error) {
    if (String((error as Error & { code?: string }).code).startsWith('SQLITE_BUSY')) return false
    throw error
  }
}

function inTransaction<T>(connection: Database.Database, answer: Answer, work: () => Work<T>): T {
  try {
    const statements = work()
    let step = statements.next()
    while (!step.done) step = statements.next(answer(step.value))
    connection.exec('COMMIT')
    return step.value
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK')
    throw error
  }
}

type Answer = (statement: Statement) => Row[] | number | number[]

function answerer(connection: Database.Database, clock: Clock): Answer {
  const prepared = new Map<string, Database.Statement>()
  const prepare = (sql: string) => {
    const known = prepared.get(sql)
    if (known) return known
    const fresh = connection.prepare(sql.replaceAll('?t', '?'))
    prepared.set(sql, fresh)
    return fresh
  }
  const change = ({ sql, values }: Change) => prepare(sql).run(...values.map(bindable)).changes
  return (statement) => {
    if (statement.ask === 'now') return clock.now()
    if (statement.ask === 'counts') return statement.changes.map(change)
    if (statement.ask === 'count') return change(statement)
    return prepare(statement.sql).all(...statement.values.map(bindable)) as Row[]
  }
}

function bindable(value: Value): string | number | null {
  return typeof value === 'boolean' ? Number(value) : value
}
