import db from '@adonisjs/lucid/services/db'
import type { TestContext } from '@japa/runner/core'
import { emptyTables } from '#tests/helpers/database'
import { engineFixture, type Dialect } from '#tests/helpers/engine_fixture'

/** Lets a test run on this database, which is emptied, as the whole application would. */
export async function useDatabase(dialect: Dialect, { cleanup }: TestContext) {
  if (dialect === 'postgres') {
    await engineFixture('postgres', (work) => cleanup(work))
    const primary = db.primaryConnectionName
    db.primaryConnectionName = 'test_pg'
    cleanup(() => void (db.primaryConnectionName = primary))
  }
  await emptyTables()
}
