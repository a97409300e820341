import Database from 'better-sqlite3'
import type { TokenChanges } from '#services/token_manager/token_changes'

/**
 * Changes of a SQLite file. `PRAGMA data_version` differs as soon as any other connection, of this process or another,
 * has committed; it costs about 2 µs. Single changes are not told: after any commit a cached row is read again, which is
 * quick in a file on the same host.
 */
export function watchSqlite(filename: string): TokenChanges {
  const connection = new Database(filename, { readonly: true, fileMustExist: true, timeout: 0 })
  const version = connection.prepare('PRAGMA data_version').pluck()
  return {
    mark() {
      try {
        return version.get() as number
      } catch {
        // The file is busy, as after a crash while its log is replayed: read the row instead.
        return null
      }
    },
    offset: () => 0,
    onChange() {},
    async close() {
      connection.close()
    },
  }
}
