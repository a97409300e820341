import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { uuid } from '#models/uuid'
import { defineProvider } from '#oauth/define_provider'
import { ProviderRegistry } from '#oauth/registry'
import { Secret } from '#oauth/secret'
import { buildEngine, type Engine } from '#services/build_engine'
import { RefreshReport } from '#services/refresh_report'
import { systemClock } from '#services/system_clock'
import { openSqliteDriver } from '#token_refresh/sqlite_driver'
import { parseKeyRing, type KeyRing } from '#vault/key_ring'
import { credentialFingerprint, Vault } from '#vault/vault'

const ORGANIZATION = uuid()
const HOUR = 3_600_000

export interface BenchEngine {
  engine: Engine
  /** Makes every connection due again. */
  rewind(): void
  close(): Promise<void>
}

/** Our engine, whole, on a SQLite file of its own with full durability and `count` connections that are due. */
export async function benchEngine(
  folder: string,
  tokenEndpoint: string,
  count: number,
  concurrency: number
): Promise<BenchEngine> {
  const file = join(folder, `${uuid()}.sqlite3`)
  migrate(file)
  const parsed = parseKeyRing(`k1:${randomBytes(32).toString('base64')}`) as { ring: KeyRing }
  const vault = new Vault(parsed.ring)
  seed(file, vault, count)
  const engine = buildEngine({
    providers: new ProviderRegistry([providerAt(tokenEndpoint)]),
    vault,
    driver: openSqliteDriver(file, systemClock),
    report: new RefreshReport({ info() {}, warn() {}, error: console.error }, 'bench', () => {}),
    clock: systemClock,
    random: Math.random,
    role: 'bench',
    timing: {
      strikeRetry: HOUR,
      strikeWindow: HOUR,
      strikeSpacing: 60_000,
      transientStrikes: false,
      retryAttempts: 3,
      retryBase: 1000,
      retryCap: 30_000,
      rateLimitWait: 60_000,
      configurationProbe: 300_000,
    },
    breaker: { failures: 5, probe: 60_000 },
    requestDeadline: 20_000,
    concurrency,
  })
  await engine.workers.register()
  return {
    engine,
    rewind() {
      const db = new Database(file)
      db.prepare('UPDATE connections SET next_refresh_at = ?').run(Date.now() - HOUR)
      db.close()
    },
    async close() {
      await engine.close()
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true })
    },
  }
}

export function providerAt(tokenEndpoint: string) {
  return defineProvider({
    id: 'bench',
    name: 'Bench',
    docs: null,
    server: { token_endpoint: tokenEndpoint, authorization_endpoint: tokenEndpoint },
    client: { client_id: 'bench', client_secret: new Secret('bench-secret') },
    allowPrivate: true,
  })
}

function migrate(file: string): void {
  const root = new URL('../../', import.meta.url)
  execFileSync(process.execPath, ['ace.js', 'migration:run', '--force'], {
    cwd: root,
    stdio: 'ignore',
    env: { ...process.env, NODE_ENV: 'test', DB_CONNECTION: 'sqlite', DATABASE_URL: `sqlite:${file}` },
  })
}

function seed(file: string, vault: Vault, count: number): void {
  const db = new Database(file)
  const now = Date.now()
  db.prepare('INSERT INTO organizations (id, slug, name, created_at) VALUES (?, ?, ?, ?)').run(
    ORGANIZATION,
    'bench',
    'Bench',
    now
  )
  const insert =
    db.prepare(`INSERT INTO connections (id, organization_id, owner, provider, provider_account_id, access_token, refresh_token,
    credential_fp, token_expires_at, next_refresh_at, created_at, updated_at) VALUES (?, ?, ?, 'bench', ?, ?, ?, ?, ?, ?, ?, ?)`)
  db.transaction(() => {
    for (let index = 0; index < count; index++) {
      const id = uuid()
      const place = (column: string) => ({ organizationId: ORGANIZATION, connectionId: id, column })
      const token = new Secret(`rt-0-${randomBytes(15).toString('hex')}`)
      const access = vault.seal(new Secret(`at-0-${randomBytes(15).toString('hex')}`), place('access_token'))
      insert.run(
        id,
        ORGANIZATION,
        `owner-${index}`,
        `account-${index}`,
        access,
        vault.seal(token, place('refresh_token')),
        credentialFingerprint(id, token),
        now,
        now - HOUR,
        now,
        now
      )
    }
  })()
  db.close()
}
