import { randomUUID } from 'node:crypto'
import app from '@adonisjs/core/services/app'
import { MigrationRunner } from '@adonisjs/lucid/migration'
import db from '@adonisjs/lucid/services/db'
import type { ConnectionConfig } from '@adonisjs/lucid/types/database'

/** Opens the database of an installation within this process, and closes it after the work. */
export async function withLucid<T>(url: string, work: (connectionName: string) => Promise<T>): Promise<T> {
  const name = `opened_${randomUUID()}`
  db.manager.add(name, configFor(url))
  try {
    return await work(name)
  } finally {
    await db.manager.close(name, true)
  }
}

/** Gives an empty database our tables, as `migration:run` makes them, without a process of its own. */
export async function migrate(url: string): Promise<void> {
  await withLucid(url, async (connectionName) => {
    const runner = new MigrationRunner(db, app, { direction: 'up', connectionName })
    await runner.run()
    if (runner.error) throw runner.error
  })
}

function configFor(url: string): ConnectionConfig {
  const shared = {
    migrations: { naturalSort: true, paths: ['database/migrations'] },
    schemaGeneration: { enabled: false },
  }
  return url.startsWith('sqlite:')
    ? { client: 'better-sqlite3', connection: { filename: url.slice(7) }, useNullAsDefault: true, ...shared }
    : { client: 'pg', connection: { connectionString: url }, ...shared }
}
