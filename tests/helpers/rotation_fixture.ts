import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { toInstant } from '#models/columns'
import { uuid } from '#models/uuid'
import { Secret } from '#oauth/secret'
import { systemClock } from '#services/system_clock'
import { openPostgresDriver } from '#store/postgres_driver'
import { openSqliteDriver } from '#store/sqlite_driver'
import { run, type Row, type StoreDriver, type Value } from '#store/driver'
import { checkKeys } from '#vault/key_check'
import { parseKeyRing } from '#vault/key_ring'
import { SEALED_COLUMNS, type SealedColumn } from '#vault/rewrap'
import { sealedPrefix, Vault } from '#vault/vault'
import { aceElsewhere } from '#tests/helpers/ace_elsewhere'
import { compileCache, compiled } from '#tests/helpers/compiled'
import type { Dialect } from '#tests/helpers/engine_fixture'
import { Installation, type CommandResult } from '#tests/helpers/installation'
import { withLucid } from '#tests/helpers/lucid_connection'

type Cleanup = (work: () => Promise<void>) => void

/** Ids that a pattern would take for each other: `_` is any character there, and SQLite's LIKE tells no case apart. */
export const OLD_KEY = `key_1:${randomBytes(32).toString('base64')}`
export const NEW_KEY = `KEY-1:${randomBytes(32).toString('base64')}`

const ORGANIZATIONS = ['main', 'other'].map((slug) => ({ id: uuid(), slug }))
const INSERTED_TOGETHER = 200

export function vaultOf(...keys: string[]): Vault {
  const parsed = parseKeyRing(keys.join(','))
  if (!parsed.ok) throw new Error(parsed.problem)
  return new Vault(parsed.ring)
}

/** An installation whose connections were sealed under one key, and a way to look at its rows from outside. */
export class RotationFixture {
  private constructor(
    readonly installation: Installation,
    readonly driver: StoreDriver
  ) {}

  static async create(dialect: Dialect, cleanup: Cleanup, connections: number): Promise<RotationFixture> {
    const environment = { ENCRYPTION_KEYS: OLD_KEY }
    const installation = await Installation.create(cleanup, { dialect, environment })
    await installation.migrate()
    const driver =
      dialect === 'sqlite'
        ? openSqliteDriver(join(installation.folder, 'evergrant.sqlite3'), systemClock)
        : openPostgresDriver(installation.environment.DATABASE_URL)
    cleanup(() => driver.close())
    const fixture = new RotationFixture(installation, driver)
    await fixture.#fill(connections)
    await rememberKeys(installation.environment)
    return fixture
  }

  useKeys(...keys: string[]): void {
    this.installation.environment.ENCRYPTION_KEYS = keys.join(',')
  }

  /** Within this process; where the process is the point, `installation.ace` starts one. */
  rotate(...flags: string[]): Promise<CommandResult> {
    return aceElsewhere(this.installation.environment, 'encryption:rotate', ...flags)
  }

  /** Any command that needs the keys. */
  start(): Promise<CommandResult> {
    const args = ['--organization=main', '--owner=nobody']
    return aceElsewhere(this.installation.environment, 'connection:list', ...args)
  }

  /** Starts a rotation as a process of its own; resolves when it is about to exchange rows, or has ended. */
  async spawnRotation(): Promise<ChildProcess & { output: string }> {
    const child = spawn(process.execPath, [join(compiled(), 'ace.js'), 'encryption:rotate'], {
      cwd: app.makePath(),
      env: { ...compileCache(), ...this.installation.environment },
    })
    const watched = Object.assign(child, { output: '' })
    const begun = new Promise<void>((resolve) => {
      child.stderr.on('data', (chunk: Buffer) => {
        watched.output += chunk
        if (watched.output.includes('records done')) resolve()
      })
    })
    await Promise.race([begun, once(child, 'exit')])
    return watched
  }

  rows(): Promise<Row[]> {
    return this.driver.read('SELECT * FROM connections ORDER BY id', [])
  }

  keys(): Promise<Row[]> {
    return this.driver.read('SELECT id, check_value, retired_at FROM encryption_keys ORDER BY created_at', [])
  }

  async write(sql: string, values: Value[]): Promise<void> {
    await this.driver.transaction(() => run(sql, values))
  }

  /** Puts ciphertext of an older process into a row. */
  async sealUnder(key: string, row: Row, column: SealedColumn): Promise<void> {
    const place = { organizationId: String(row.organization_id), connectionId: String(row.id), column }
    const blob = vaultOf(key).seal(new Secret(`${column}-of-${String(row.owner)}`), place)
    await this.write(`UPDATE connections SET ${column} = ? WHERE id = ?`, [blob, String(row.id)])
  }

  /** A provider that an organization added, its secrets sealed under the old key; returns its id. */
  async addProvider(key: string): Promise<string> {
    const [id, at, vault] = [uuid(), Date.now(), vaultOf(OLD_KEY)]
    const organizationId = ORGANIZATIONS[0].id
    const seal = (column: string) =>
      vault.seal(new Secret(`${column}-of-${key}`), {
        organizationId,
        connectionId: id,
        column: `providers.${column}`,
      })
    const sql = `INSERT INTO providers (id, organization_id, key, name, entry, client_secret, registration_access_token,
      created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?t, ?t)`
    const entry = JSON.stringify({ token_endpoint: 'https://acme.example/token', client_id: 'ours' })
    const sealed = [seal('client_secret'), seal('registration_access_token')]
    await this.write(sql, [id, organizationId, key, key, entry, ...sealed, at, at])
    return id
  }

  /** What an added provider keeps sealed, as far as this vault opens it. */
  async openProvider(id: string, vault: Vault): Promise<(string | null)[]> {
    const [row] = await this.driver.read('SELECT * FROM providers WHERE id = ?', [id])
    return ['client_secret', 'registration_access_token'].map((column) => {
      const place = { organizationId: String(row.organization_id), connectionId: id }
      const opened = vault.open(String(row[column]), { ...place, column: `providers.${column}` })
      return opened.ok ? opened.secret.reveal() : null
    })
  }

  async #fill(count: number): Promise<void> {
    const at = Date.now()
    for (const { id, slug } of ORGANIZATIONS) {
      const sql = 'INSERT INTO organizations (id, slug, name, created_at) VALUES (?, ?, ?, ?t)'
      await this.write(sql, [id, slug, slug, at])
    }
    const vault = vaultOf(OLD_KEY)
    for (let first = 0; first < count; first += INSERTED_TOGETHER) {
      const size = Math.min(INSERTED_TOGETHER, count - first)
      const rows = Array.from({ length: size }, (_, index) => aRow(vault, first + index, at))
      const names = Object.keys(rows[0])
      const marks = names.map((name) => (/_(at|until)$/.test(name) ? '?t' : '?')).join(', ')
      const values = rows.map(() => `(${marks})`).join(', ')
      await this.write(
        `INSERT INTO connections (${names.join(', ')}) VALUES ${values}`,
        rows.flatMap((row) => Object.values(row))
      )
    }
  }
}

/** What the first process does that needs the keys: the database knows them from then on. */
async function rememberKeys({ DATABASE_URL, ENCRYPTION_KEYS }: Record<string, string>): Promise<void> {
  const parsed = parseKeyRing(ENCRYPTION_KEYS)
  if (!parsed.ok) throw new Error(parsed.problem)
  const problem = await withLucid(DATABASE_URL, (name) =>
    checkKeys(db.connection(name), parsed.ring, toInstant(systemClock.now(), name))
  )
  if (problem) throw new Error(problem)
}

/** A connection with a refresh under way (its lease must survive), every third with all that can be sealed. */
function aRow(vault: Vault, number: number, at: number): Record<string, Value> {
  const id = uuid(at)
  const owner = `owner-${number}`
  const organization = ORGANIZATIONS[number % ORGANIZATIONS.length]
  const seal = (column: SealedColumn) =>
    vault.seal(new Secret(`${column}-of-${owner}`), {
      organizationId: organization.id,
      connectionId: id,
      column: column === 'spare_refresh_token' ? 'refresh_token' : column,
    })
  const complete = number % 3 === 0
  return {
    id,
    organization_id: organization.id,
    owner,
    provider: 'twitch',
    provider_account_id: owner,
    access_token: seal('access_token'),
    refresh_token: seal('refresh_token'),
    spare_refresh_token: complete ? seal('spare_refresh_token') : null,
    token_secret: complete ? seal('token_secret') : null,
    credential_fp: 'the-fingerprint',
    token_version: 7,
    attempt_id: uuid(at),
    lease_until: at + 3_600_000,
    open_attempts: 1,
    created_at: at,
    updated_at: at,
  }
}

/** Tells of each value that does not open to what it was sealed from. */
export function unreadable(rows: readonly Row[], vault: Vault): string[] {
  return rows.flatMap((row) =>
    SEALED_COLUMNS.filter((column) => row[column] !== null && !opensTo(vault, row, column)).map(
      (column) => `${String(row.id)} ${column}`
    )
  )
}

function opensTo(vault: Vault, row: Row, column: SealedColumn): boolean {
  const opened = vault.open(String(row[column]), {
    organizationId: String(row.organization_id),
    connectionId: String(row.id),
    column: column === 'spare_refresh_token' ? 'refresh_token' : column,
  })
  return opened.ok && opened.secret.reveal() === `${column}-of-${String(row.owner)}`
}

/** How many rows keep something under this key. */
export function countUnder(key: string, rows: readonly Row[]): number {
  const prefix = sealedPrefix(key.split(':')[0])
  return rows.filter((row) => SEALED_COLUMNS.some((column) => String(row[column]).startsWith(prefix))).length
}

/** The rows without what is sealed in them. */
export function unsealedPart(rows: readonly Row[]): Row[] {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).filter(([name]) => !(SEALED_COLUMNS as readonly string[]).includes(name))
    )
  )
}
