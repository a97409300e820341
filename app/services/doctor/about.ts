import { readFile } from 'node:fs/promises'
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { appUrl } from '#config/app'

/** What an operator is asked for when something is reported. Sizes in bytes, lengths in milliseconds. */
export interface About {
  version: string
  license: string
  node: string
  environment: string
  address: string
  database: string
  uptime: number
}

/** Of this process; nothing is sent anywhere to find out. */
export async function about(): Promise<About> {
  const { version, license } = JSON.parse(await readFile(app.makePath('package.json'), 'utf8'))
  return {
    ...{ version, license },
    node: process.versions.node,
    environment: app.nodeEnvironment,
    address: appUrl,
    database: await databaseVersion(),
    uptime: Math.round(process.uptime() * 1_000),
  }
}

async function databaseVersion(): Promise<string> {
  if (db.connection().dialect.name === 'postgres') {
    const { rows } = await db.rawQuery<{ rows: { server_version: string }[] }>('SHOW server_version')
    return `PostgreSQL ${rows[0].server_version}`
  }
  const [{ version }] = await db.rawQuery<{ version: string }[]>('SELECT sqlite_version() AS version')
  return `SQLite ${version}`
}
