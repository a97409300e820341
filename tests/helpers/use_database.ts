import db from '@adonisjs/lucid/services/db'
import { emptyTables } from '#tests/helpers/database'
import { engineFixture, type Dialect } from '#tests/helpers/engine_fixture'

/** Who undoes what was done once the test, or a group of tests that only read, is over. */
interface Undoing {
  cleanup(work: () => void | Promise<void>): void
}

/** Lets a test run on this database, which is emptied, as the whole application would. */
export async function useDatabase(dialect: Dialect, { cleanup }: Undoing) {
  if (dialect === 'postgres') {
    await engineFixture('postgres', (work) => cleanup(work))
    const primary = db.primaryConnectionName
    db.primaryConnectionName = 'test_pg'
    cleanup(() => void (db.primaryConnectionName = primary))
  }
  await emptyTables()
}
