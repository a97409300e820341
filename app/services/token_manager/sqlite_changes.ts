import Database from 'better-sqlite3'
import type { TokenChanges } from '#services/token_manager/token_changes'

/**
 * Changes of a SQLite file. `PRAGMA data_version` differs as soon as any other connection, of this process or another,
 * has committed; it costs a few microseconds. Only then the number is read that the triggers of migration 024 raise with
 * each change of a token, an owner or an API key. Single changes are not told: after one, what is remembered is read
 * again, which is quick in a file on the same host.
 */
export function watchSqlite(filename: string): TokenChanges {
  const connection = new Database(filename, { readonly: true, fileMustExist: true, timeout: 0 })
  const version = connection.prepare('PRAGMA data_version').pluck()
  const counted = connection.prepare('SELECT mark FROM change_marks WHERE id = 1').pluck()
  let seen: unknown
  let known = 0
  return {
    mark() {
      try {
        const current = version.get()
        if (current !== seen) {
          known = counted.get() as number
          seen = current
        }
        return known
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
