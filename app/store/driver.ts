/**
 * The store's way to a database: prepared statements on the driver's own handle, below knex, on a connection that
 * nobody else uses. SQL is written once; `?` stands for a plain value and `?t` for an instant in milliseconds, which
 * PostgreSQL turns into `timestamptz`. Rows come back with instants as milliseconds.
 *
 * What happens within a transaction is written as a generator that yields its statements. SQLite's driver is synchronous
 * and runs it from BEGIN to COMMIT without giving way, so that no other connection of this process can ever meet its
 * lock; PostgreSQL's driver awaits each answer.
 */
export type Value = string | number | boolean | null
export type Row = Record<string, unknown>

export interface Change {
  sql: string
  values: readonly Value[]
}

export type Statement =
  | { ask: 'rows' | 'count'; sql: string; values: readonly Value[] }
  | { ask: 'counts'; changes: readonly Change[] }
  /** The database's clock, in milliseconds. */
  | { ask: 'now' }

/** Work within a transaction: yields statements, is resumed with their answers, returns its result. */
export type Work<T> = Generator<Statement, T, unknown>

/** The rows of a statement. */
export function* all(sql: string, values: readonly Value[]): Work<Row[]> {
  return (yield { ask: 'rows', sql, values }) as Row[]
}

/** Runs a statement and tells how many rows it changed. */
export function* run(sql: string, values: readonly Value[]): Work<number> {
  return (yield { ask: 'count', sql, values }) as number
}

/**
 * Runs statements in this order, none of which waits for another's answer, and tells how many rows each changed. On
 * PostgreSQL they travel together.
 */
export function* runAll(changes: readonly Change[]): Work<number[]> {
  return (yield { ask: 'counts', changes }) as number[]
}

/** The database's clock, in milliseconds. */
export function* now(): Work<number> {
  return (yield { ask: 'now' }) as number
}

export interface StoreDriver {
  readonly dialect: 'sqlite' | 'postgres'
  /**
   * Runs the work in one write transaction that is durable when the promise resolves. A database that is busy is tried
   * again without blocking the event loop; any error rolls back and rejects.
   */
  transaction<T>(work: () => Work<T>): Promise<T>
  /** Reads committed rows outside any transaction. */
  read(sql: string, values: readonly Value[]): Promise<Row[]>
  close(): Promise<void>
}
