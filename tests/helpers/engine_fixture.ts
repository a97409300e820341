import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { MigrationRunner } from '@adonisjs/lucid/migration'
import { uuid } from '#models/uuid'
import type { ProviderInput } from '#oauth/define_provider'
import { ProviderRegistry } from '#oauth/registry'
import { Secret } from '#oauth/secret'
import type { Provider } from '#oauth/types'
import { buildEngine, type Engine, type EngineOptions } from '#services/build_engine'
import type { TransitionNotice } from '#events/connection_transitioned'
import { RefreshReport } from '#services/refresh_report'
import { openPostgresDriver } from '#store/postgres_driver'
import { openSqliteDriver } from '#store/sqlite_driver'
import { run as runStatement, type Row, type StoreDriver, type Value } from '#store/driver'
import { parseKeyRing, type KeyRing } from '#vault/key_ring'
import { credentialFingerprint, Vault } from '#vault/vault'
import { emptyTables, testDatabaseFile } from '#tests/helpers/database'
import { aProvider, HOUR, MINUTE, NOW, TIMING } from '#tests/helpers/refresh_fixtures'
import { TokenServer } from '#tests/helpers/token_server'

export type Dialect = 'sqlite' | 'postgres'

/** Where PostgreSQL answers, if the environment names one. */
export const postgresUrl = process.env.TEST_DATABASE_URL

/** The key ring of the fixture's vault. */
export const KEYS = 'k1:dGVzdC1vbmx5LWtleS0xMjM0NTY3ODkwMTIzNDU2Nzg='

/** A clock that only moves when it is told to. */
export class TestClock {
  #now = NOW
  now = () => this.#now
  monotonic = () => this.#now - NOW
  advance(milliseconds: number) {
    this.#now += milliseconds
  }
}

/** An engine on a real database with a real token server, an injected clock and a log that is kept. */
export interface EngineFixture {
  engine: Engine
  server: TokenServer
  clock: TestClock
  vault: Vault
  provider: Provider
  lines: string[]
  notices: TransitionNotice[]
  /** Another engine on the same database, as another process would have. */
  sibling(overrides?: Partial<EngineOptions>): Engine
  /** Adds a connection whose token was issued an hour ago and is due now. */
  connect(account: string, values?: Record<string, Value>): Promise<string>
  row(id: string): Promise<Row>
  attempts(id: string): Promise<Row[]>
  update(id: string, values: Record<string, Value>): Promise<void>
  remove(id: string): Promise<void>
  quarantine(reason: string): Promise<void>
  refreshTokenOf(id: string): Promise<string | null>
  all(sql: string, values?: Value[]): Promise<Row[]>
  run(sql: string, values: Value[]): Promise<number>
}

export async function engineFixture(
  dialect: Dialect,
  cleanup: (work: () => Promise<void>) => void,
  options: { provider?: Partial<ProviderInput>; engine?: Partial<EngineOptions> } = {}
): Promise<EngineFixture> {
  await prepareDatabase(dialect)
  const clock = new TestClock()
  const server = await TokenServer.start()
  const parsed = parseKeyRing(KEYS)
  const vault = new Vault((parsed as { ring: KeyRing }).ring)
  const provider = aProvider({
    server: { token_endpoint: server.url, authorization_endpoint: 'https://acme.example/authorize' },
    allowPrivate: true,
    ...options.provider,
  })
  const lines: string[] = []
  const notices: TransitionNotice[] = []
  const engines: Engine[] = []
  const build = (overrides: Partial<EngineOptions> = {}) => {
    const log = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`)
    const built = buildEngine({
      providers: new ProviderRegistry([provider]),
      vault,
      // One that an override brings makes another needless, and nobody would close it.
      driver: overrides.driver ?? openDriver(dialect, clock),
      report: new RefreshReport({ info: log, warn: log, error: log }, 'tag-key', (notice) =>
        notices.push(notice)
      ),
      clock,
      random: () => 0,
      role: 'test',
      timing: TIMING,
      breaker: { failures: 5, probe: MINUTE },
      requestDeadline: 2_000,
      concurrency: 10,
      ...options.engine,
      ...overrides,
    })
    engines.push(built)
    return built
  }
  const engine = build()
  const driver = openDriver(dialect, clock)
  cleanup(async () => {
    await Promise.all(engines.map((one) => one.close()))
    await driver.close()
    await server.close()
  })
  return {
    engine,
    server,
    clock,
    vault,
    provider,
    lines,
    notices,
    sibling: build,
    ...access(driver, vault, server, clock),
  }
}

/** A driver of its own on the database of the tests. */
export function openDriver(dialect: Dialect, clock: TestClock): StoreDriver {
  return dialect === 'sqlite'
    ? openSqliteDriver(testDatabaseFile(), clock)
    : openPostgresDriver(postgresUrl ?? '', clock)
}

let migrated = false

async function prepareDatabase(dialect: Dialect): Promise<void> {
  if (dialect === 'sqlite') return emptyTables()
  if (!migrated) {
    db.manager.add('test_pg', {
      client: 'pg',
      connection: { connectionString: postgresUrl ?? '' },
      schemaGeneration: { enabled: false },
      migrations: { naturalSort: true, paths: ['database/migrations'] },
    })
    await db.connection('test_pg').rawQuery('DROP SCHEMA public CASCADE')
    await db.connection('test_pg').rawQuery('CREATE SCHEMA public')
    const runner = new MigrationRunner(db, app, { direction: 'up', connectionName: 'test_pg' })
    await runner.run()
    if (runner.error) throw runner.error
    migrated = true
  }
  await emptyTables('test_pg')
}

const ORGANIZATION = '00000000-0000-7000-8000-00000000000a'

function access(driver: StoreDriver, vault: Vault, server: TokenServer, clock: TestClock) {
  const all = (sql: string, values: Value[] = []) => driver.read(sql, values)
  const run = (sql: string, values: Value[]) => driver.transaction(() => runStatement(sql, values))
  const row = async (id: string) => (await all('SELECT * FROM connections WHERE id = ?', [id]))[0]
  return {
    all,
    run,
    row,
    attempts: (id: string) =>
      all('SELECT * FROM refresh_attempts WHERE connection_id = ? ORDER BY created_at, id', [id]),
    async update(id: string, values: Record<string, Value>) {
      const names = Object.keys(values)
      const set = names.map((name) => `${name} = ${mark(name)}`).join(', ')
      await run(`UPDATE connections SET ${set} WHERE id = ?`, [...Object.values(values), id])
    },
    async quarantine(reason: string) {
      await run('UPDATE installation SET quarantined_at = ?t, quarantine_reason = ?', [clock.now(), reason])
    },
    async remove(id: string) {
      await run('DELETE FROM connections WHERE id = ?', [id])
    },
    async refreshTokenOf(id: string) {
      const place = { organizationId: ORGANIZATION, connectionId: id, column: 'refresh_token' }
      const opened = vault.open((await row(id)).refresh_token as string, place)
      return opened.ok ? opened.secret.reveal() : null
    },
    async connect(account: string, values: Record<string, Value> = {}) {
      const now = clock.now()
      await run(
        'INSERT INTO organizations (id, slug, name, created_at) VALUES (?, ?, ?, ?t) ON CONFLICT (id) DO NOTHING',
        [ORGANIZATION, 'main', 'Main', now]
      )
      const id = uuid(now)
      const place = (column: string) => ({ organizationId: ORGANIZATION, connectionId: id, column })
      const token = new Secret(server.grant(account))
      const columns: Record<string, Value> = {
        id,
        organization_id: ORGANIZATION,
        owner: account,
        provider: 'acme',
        provider_account_id: account,
        username: account,
        access_token: vault.seal(new Secret(`first-${account}`), place('access_token')),
        refresh_token: vault.seal(token, place('refresh_token')),
        credential_fp: credentialFingerprint(id, token),
        token_expires_at: now + MINUTE,
        last_token_refresh_at: now - HOUR,
        connected_at: now - HOUR,
        next_refresh_at: now,
        created_at: now - HOUR,
        updated_at: now - HOUR,
        ...values,
      }
      const names = Object.keys(columns)
      await run(
        `INSERT INTO connections (${names.join(', ')}) VALUES (${names.map(mark).join(', ')})`,
        Object.values(columns)
      )
      return id
    },
  }
}

function mark(column: string): string {
  return /_(at|until)$/.test(column) ? '?t' : '?'
}
