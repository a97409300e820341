import { execFileSync } from 'node:child_process'
import { constants, copyFileSync, existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import { uuid } from '#models/uuid'
import { systemClock } from '#services/system_clock'
import { openSqliteDriver } from '#store/sqlite_driver'
import { seedConnections, type SeedOptions } from './rows.js'
import type { Context } from './types.js'

const DAY = 86_400_000

/** Brings a database to the current schema, as an operator does. */
function migrate(connection: 'sqlite' | 'pg', url: string): void {
  execFileSync(process.execPath, ['ace.js', 'migration:run', '--force'], {
    cwd: new URL('../../', import.meta.url),
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_ENV: 'test', DB_CONNECTION: connection, DATABASE_URL: url },
  })
}

/** A SQLite file with the current schema and nothing in it. */
export function emptyFile({ folder }: Pick<Context, 'folder'>): string {
  const schema = join(folder, 'schema.sqlite3')
  if (!existsSync(schema)) migrate('sqlite', `sqlite:${schema}`)
  return copy(schema, folder)
}

/**
 * A SQLite file with connections that are all due. Large ones are made once per run: later measures get a copy.
 */
export async function dueFile(context: Context, options: Omit<SeedOptions, 'seed'>): Promise<string> {
  const { folder, seed } = context
  const template = join(folder, `due-${options.count}.sqlite3`)
  if (!options.onRow && existsSync(template)) return copy(template, folder)
  const file = emptyFile(context)
  const driver = openSqliteDriver(file, systemClock)
  await seedConnections(driver, { ...options, seed })
  await driver.close()
  if (options.onRow) return file
  renameSync(file, template)
  return copy(template, folder)
}

function copy(template: string, folder: string): string {
  const file = join(folder, `${uuid()}.sqlite3`)
  copyFileSync(template, file, constants.COPYFILE_FICLONE)
  return file
}

export function removeFile(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true })
}

/** Makes every connection of a SQLite file due again, in the order in which they would come due, and empties the log. */
export function rewindFile(file: string): void {
  const db = new Database(file)
  db.prepare('UPDATE connections SET next_refresh_at = next_refresh_at - ?').run(DAY)
  db.prepare('DELETE FROM refresh_attempts').run()
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
}

export interface PostgresDatabase {
  url: string
  query(sql: string): Promise<void>
  drop(): Promise<void>
}

/** A PostgreSQL database of our own beside the one that the environment names; null where it names none. */
export async function postgresDatabase(): Promise<PostgresDatabase | null> {
  const given = process.env.BENCH_DATABASE_URL ?? process.env.TEST_DATABASE_URL
  if (!given) return null
  const name = `evergrant_bench_${uuid().replaceAll('-', '')}`
  const url = new URL(given)
  url.pathname = `/${name}`
  await query(given, `CREATE DATABASE ${name}`)
  migrate('pg', url.href)
  return {
    url: url.href,
    query: (sql) => query(url.href, sql),
    drop: () => query(given, `DROP DATABASE ${name} WITH (FORCE)`),
  }
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql).finally(() => client.end())
}
