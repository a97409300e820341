import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { MigrationRunner } from '@adonisjs/lucid/migration'
import { uuid } from '#models/uuid'
import { Secret } from '#oauth/secret'
import type { Clock } from '#oauth/types'
import { openPostgresDriver } from '#store/postgres_driver'
import { openSqliteDriver } from '#store/sqlite_driver'
import { run, type Row, type StoreDriver, type Value } from '#store/driver'
import { credentialFingerprint } from '#vault/vault'
import { emptyTables, testDatabaseFile } from '#tests/helpers/database'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { labVault } from '#tests/helpers/lab/lab_engine'
import { HOUR, MINUTE } from '#tests/helpers/refresh_fixtures'

/** How a process reaches the database; plain data, so that it can be handed to one. */
export type DatabasePlace = { dialect: 'sqlite'; file: string } | { dialect: 'postgres'; url: string }

/** Opens a store driver. Without a clock PostgreSQL's own decides, as in production. */
export function openDriver(place: DatabasePlace, clock: Clock, ownClock = false): StoreDriver {
  return place.dialect === 'sqlite'
    ? openSqliteDriver(place.file, clock)
    : openPostgresDriver(place.url, ownClock ? null : clock)
}

/** An account to be put into the database as a connection that is due. */
export interface SeedAccount {
  account: string
  provider: string
  token: string
  /** Milliseconds from now; 0 by default. */
  dueIn?: number
  expiresIn?: number
}

const ORGANIZATION = '00000000-0000-7000-8000-00000000000b'
const vault = labVault()

/** The laboratory's own access to the database that the engines under test work on. */
export class LabDatabase {
  private constructor(
    readonly place: DatabasePlace,
    private readonly driver: StoreDriver,
    private readonly clock: Clock
  ) {}

  /** Empties the database of this test run and opens it. */
  static async open(dialect: Dialect, clock: Clock, url = postgresUrl ?? ''): Promise<LabDatabase> {
    if (dialect === 'sqlite') await emptyTables()
    else await emptyPostgres(url)
    const place: DatabasePlace =
      dialect === 'sqlite' ? { dialect, file: testDatabaseFile() } : { dialect, url }
    return new LabDatabase(place, openDriver(place, clock), clock)
  }

  /** Another driver on the same database, for an engine. */
  driverFor(clock: Clock, ownClock = false): StoreDriver {
    return openDriver(this.place, clock, ownClock)
  }

  all(sql: string, values: readonly Value[] = []): Promise<Row[]> {
    return this.driver.read(sql, values)
  }

  run(sql: string, values: readonly Value[] = []): Promise<number> {
    return this.driver.transaction(() => run(sql, values))
  }

  /** Inserts connections in one transaction; `sealed: false` stores the tokens as they are, for the naive worker. */
  async seed(accounts: readonly SeedAccount[], { sealed = true } = {}): Promise<string[]> {
    const now = this.clock.now()
    const rows = accounts.map((account) => columns(account, now, sealed))
    await this.driver.transaction(function* () {
      yield* run(
        'INSERT INTO organizations (id, slug, name, created_at) VALUES (?, ?, ?, ?t) ON CONFLICT (id) DO NOTHING',
        [ORGANIZATION, 'lab', 'Laboratory', now]
      )
      for (const row of rows) {
        const names = Object.keys(row)
        const sql = `INSERT INTO connections (${names.join(', ')}) VALUES (${names.map(mark).join(', ')})`
        yield* run(sql, Object.values(row))
      }
    })
    return rows.map(({ id }) => id as string)
  }

  /** The rows of these accounts, in their order. */
  async rows(accounts: readonly string[]): Promise<Row[]> {
    const marks = accounts.map(() => '?').join(', ')
    const found = await this.all(`SELECT * FROM connections WHERE owner IN (${marks})`, accounts)
    const byOwner = new Map(found.map((row) => [row.owner, row]))
    return accounts.map((account) => byOwner.get(account)).filter((row) => row !== undefined)
  }

  /** Attempts of these accounts, oldest first, each with its `owner`. */
  attempts(accounts: readonly string[]): Promise<Row[]> {
    const marks = accounts.map(() => '?').join(', ')
    return this.all(
      `SELECT a.*, c.owner FROM refresh_attempts a JOIN connections c ON c.id = a.connection_id
       WHERE c.owner IN (${marks}) ORDER BY a.created_at, a.id`,
      accounts
    )
  }

  /** The refresh token that a row holds, opened. */
  tokenOf(row: Row, column = 'refresh_token'): string | null {
    const blob = row[column] as string | null
    if (blob === null || blob.startsWith('rt-')) return blob
    const opened = vault.open(blob, placeOf(row.id as string, column))
    return opened.ok ? opened.secret.reveal() : null
  }

  async close(): Promise<void> {
    await this.driver.close()
  }
}

function columns(
  { account, provider, token, dueIn = 0, expiresIn }: SeedAccount,
  now: number,
  sealed: boolean
) {
  const id = uuid(now)
  const seal = (text: string, column: string) =>
    sealed ? vault.seal(new Secret(text), placeOf(id, column)) : text
  return {
    id,
    organization_id: ORGANIZATION,
    owner: account,
    provider,
    provider_account_id: account,
    access_token: seal(`first-${account}`, 'access_token'),
    refresh_token: seal(token, 'refresh_token'),
    credential_fp: credentialFingerprint(id, new Secret(token)),
    token_expires_at: now + (expiresIn ?? dueIn + 5 * MINUTE),
    last_token_refresh_at: now - HOUR,
    connected_at: now - HOUR,
    next_refresh_at: now + dueIn,
    created_at: now - HOUR,
    updated_at: now - HOUR,
  } satisfies Record<string, Value>
}

function placeOf(connectionId: string, column: string) {
  return { organizationId: ORGANIZATION, connectionId, column }
}

function mark(column: string): string {
  return /_(at|until)$/.test(column) ? '?t' : '?'
}

const migrated = new Set<string>()

async function emptyPostgres(url: string): Promise<void> {
  const name = `lab ${url}`
  if (!migrated.has(url)) {
    db.manager.add(name, {
      client: 'pg',
      connection: { connectionString: url },
      schemaGeneration: { enabled: false },
      migrations: { naturalSort: true, paths: ['database/migrations'] },
    })
    await db.connection(name).rawQuery('DROP SCHEMA public CASCADE')
    await db.connection(name).rawQuery('CREATE SCHEMA public')
    const runner = new MigrationRunner(db, app, { direction: 'up', connectionName: name })
    await runner.run()
    if (runner.error) throw runner.error
    migrated.add(url)
  }
  await db.connection(name).rawQuery('TRUNCATE organizations, users, client_gates, workers, runs CASCADE')
}
