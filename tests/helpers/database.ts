import { mkdirSync, rmSync } from 'node:fs'
import app from '@adonisjs/core/services/app'
import testUtils from '@adonisjs/core/services/test_utils'
import db from '@adonisjs/lucid/services/db'

const EMPTIED = [
  'campaign_sessions',
  'campaign_members',
  'campaign_game_masters',
  'campaigns',
  'revocations',
  'figure_alerts',
  'refresh_figure_marks',
  'refresh_figures',
  'installation',
  'installation_facts',
  'setup_tokens',
  'events',
  'refresh_attempts',
  'runs',
  'job_states',
  'connections',
  'providers',
  'client_gates',
  'workers',
  'memberships',
  'users',
  'organizations',
  'sessions',
]

/** The SQLite file of this test run. */
export const testDatabaseFile = () => app.makePath(`tmp/test-${process.pid}.sqlite3`)

/** Begins a test run with an empty SQLite file and the current schema. Returns what removes it again. */
export async function createTestDatabase(): Promise<() => Promise<void>> {
  mkdirSync(app.makePath('tmp'), { recursive: true })
  const remove = () => {
    for (const suffix of ['', '-wal', '-shm', '.witness'])
      rmSync(`${testDatabaseFile()}${suffix}`, { force: true })
  }
  remove()
  await testUtils.db().migrate()
  return async () => {
    await db.manager.closeAll()
    remove()
  }
}

/**
 * Empties every table that tests write to; keys stay, since the running engine was proven against them. Deleting a few rows
 * is far quicker than TRUNCATE, for which PostgreSQL makes every file of every table anew.
 */
export async function emptyTables(connectionName?: string): Promise<void> {
  await db.connection(connectionName).transaction(async (transaction) => {
    for (const table of EMPTIED) await transaction.from(table).delete()
  })
}
