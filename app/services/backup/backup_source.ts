import { existsSync, rmSync } from 'node:fs'
import Database from 'better-sqlite3'
import { openPostgresDriver } from '#store/postgres_driver'
import type { Row, Value } from '#store/driver'

/** A copy of our database that is only looked at. */
export interface BackupSource {
  dialect: 'sqlite' | 'postgres'
  read(sql: string, values: readonly Value[]): Promise<Row[]>
  close(): Promise<void>
}

/** Opens a file that may be anything. What SQLite puts beside it in order to read it is gone after `close`. */
export function openBackupFile(file: string): BackupSource {
  const beside = ['-wal', '-shm'].map((suffix) => `${file}${suffix}`).filter((name) => !existsSync(name))
  const database = new Database(file, { readonly: true, fileMustExist: true })
  return {
    dialect: 'sqlite',
    read: async (sql, values) => database.prepare(sql).all(...values) as Row[],
    async close() {
      database.close()
      for (const name of beside) rmSync(name, { force: true })
    },
  }
}

/** Another database of the same server, reached as the application's own is. */
export function openRestoredDatabase(url: string, name: string): BackupSource {
  const address = new URL(url)
  address.pathname = `/${encodeURIComponent(name)}`
  return openPostgresDriver(address.href)
}
