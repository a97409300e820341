/**
 * The store's way to a database: prepared statements on the driver's own handle, below knex, on a connection that
 * nobody else uses. SQL is written once; `?` stands for a plain value and `?t` for an instant in milliseconds, which
 * PostgreSQL turns into `timestamptz`. Rows come back with instants as milliseconds.
 */
export type Value = string | number | boolean | null
export type Row = Record<string, unknown>

export interface Statements {
  /** The database's clock, in milliseconds. */
  now(): Promise<number>
  all(sql: string, values: readonly Value[]): Promise<Row[]>
  /** Runs a statement and tells how many rows it changed. */
  run(sql: string, values: readonly Value[]): Promise<number>
}

export interface StoreDriver {
  readonly dialect: 'sqlite' | 'postgres'
  /**
   * Runs `work` in one write transaction that is durable when the promise resolves. A database that is busy is tried
   * again without blocking the event loop; any error rolls back and rejects.
   */
  transaction<T>(work: (statements: Statements) => Promise<T>): Promise<T>
  /** Reads committed rows outside any transaction. */
  read(sql: string, values: readonly Value[]): Promise<Row[]>
  close(): Promise<void>
}
