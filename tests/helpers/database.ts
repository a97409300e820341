import { mkdirSync, rmSync } from 'node:fs'
import app from '@adonisjs/core/services/app'
import testUtils from '@adonisjs/core/services/test_utils'
import db from '@adonisjs/lucid/services/db'

const EMPTIED = [
  'refresh_attempts',
  'runs',
  'connections',
  'client_gates',
  'workers',
  'memberships',
  'users',
  'organizations',
  'sessions',
]

/** Begins a test run with an empty SQLite file and the current schema. */
export async function resetTestDatabase(): Promise<void> {
  mkdirSync(app.makePath('tmp'), { recursive: true })
  for (const suffix of ['', '-wal', '-shm']) rmSync(app.makePath(`tmp/test.sqlite3${suffix}`), { force: true })
  await testUtils.db().migrate()
}

/** Empties every table that tests write to; keys stay, since the running engine was proven against them. */
export async function emptyTables(): Promise<void> {
  for (const table of EMPTIED) await db.from(table).delete()
}
