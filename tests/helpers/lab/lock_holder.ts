/** Holds a SQLite file exclusively, as a backup or another tool may do, for as long as its settings say. */
import Database from 'better-sqlite3'
import { serve, settings } from '#tests/helpers/lab/remote_process'

const { file } = settings<{ file: string }>()

serve({
  /** Resolves when the lock is held; it is let go after so many milliseconds. */
  hold(milliseconds: number): void {
    const database = new Database(file, { timeout: 5_000 })
    database.exec('BEGIN EXCLUSIVE')
    setTimeout(() => {
      database.exec('ROLLBACK')
      database.close()
    }, milliseconds)
  },
})
