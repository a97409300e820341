import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import type { AdapterPayload } from 'oidc-provider'

/** What the control page tells about one account. Instants are milliseconds since the epoch. */
export interface AccountState {
  accountId: string
  grant: 'live' | 'ended' | 'none'
  refreshes: number
  lastRefreshAt: number | null
  accessTokenUntil: number | null
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS artifacts (
    model TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL, grant_id TEXT, account_id TEXT, uid TEXT,
    consumed_at INTEGER, revoked_at INTEGER, expires_at INTEGER,
    PRIMARY KEY (model, id)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS artifacts_grant ON artifacts (grant_id);
  CREATE INDEX IF NOT EXISTS artifacts_account ON artifacts (account_id, model);
  CREATE INDEX IF NOT EXISTS artifacts_uid ON artifacts (uid);
  CREATE INDEX IF NOT EXISTS artifacts_expiry ON artifacts (expires_at);
  CREATE TABLE IF NOT EXISTS refreshes (account_id TEXT PRIMARY KEY, count INTEGER NOT NULL, last_at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`

/** Reuse of a token that was spent longer ago than this is plainly "not found"; without a bound the file would grow for ever. */
const KEEP_SPENT = 24 * 3600 * 1000

interface Row {
  payload: string
  grant_id: string | null
  account_id: string | null
  consumed_at: number | null
}

/**
 * Owns the sandbox's file: what `oidc-provider` keeps (grants, tokens, sessions), how often each account was refreshed,
 * and the server's own keys. Revoked refresh tokens stay as rows, so that a refused refresh can still be told by name.
 */
export class SandboxStore {
  readonly #db: Database.Database
  readonly #statements = new Map<string, Database.Statement>()

  /** Opens the file and creates it with its folder where it is missing; `:memory:` keeps nothing. */
  constructor(file: string) {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true })
    this.#db = new Database(file)
    this.#db.pragma('journal_mode = WAL')
    this.#db.pragma('synchronous = NORMAL')
    this.#db.pragma('busy_timeout = 5000')
    this.#db.exec(SCHEMA)
  }

  put(model: string, id: string, payload: AdapterPayload, expiresIn?: number): void {
    const expiresAt = expiresIn ? Date.now() + expiresIn * 1000 : null
    this.#prepare(
      `INSERT INTO artifacts (model, id, payload, grant_id, account_id, uid, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (model, id) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id,
         account_id = excluded.account_id, uid = excluded.uid, expires_at = excluded.expires_at`
    ).run(
      model,
      id,
      JSON.stringify(payload),
      payload.grantId ?? null,
      payload.accountId ?? null,
      payload.uid ?? null,
      expiresAt
    )
  }

  find(model: string, id: string): AdapterPayload | undefined {
    return this.#payload('model = ? AND id = ?', model, id)
  }

  findByUid(model: string, uid: string): AdapterPayload | undefined {
    return this.#payload('model = ? AND uid = ?', model, uid)
  }

  /** Marks a code or refresh token as spent. False when it was spent before: exactly one caller ever gets true. */
  consume(model: string, id: string): boolean {
    const sql = 'UPDATE artifacts SET consumed_at = ? WHERE model = ? AND id = ? AND consumed_at IS NULL'
    return this.#prepare(sql).run(Date.now(), model, id).changes === 1
  }

  remove(model: string, id: string): void {
    if (model === 'RefreshToken') {
      this.#prepare('UPDATE artifacts SET revoked_at = ? WHERE model = ? AND id = ?').run(
        Date.now(),
        model,
        id
      )
    } else {
      this.#prepare('DELETE FROM artifacts WHERE model = ? AND id = ?').run(model, id)
    }
  }

  /** Ends every token of a grant; the grant itself is a row of its own and ends by `remove('Grant', id)`. */
  revokeTokens(grantId: string): void {
    const revoke = `UPDATE artifacts SET revoked_at = ? WHERE grant_id = ? AND model = 'RefreshToken' AND revoked_at IS NULL`
    this.#prepare(revoke).run(Date.now(), grantId)
    this.#prepare(`DELETE FROM artifacts WHERE grant_id = ? AND model <> 'RefreshToken'`).run(grantId)
  }

  /** Ends all grants of an account at once. Returns how many there were. */
  revokeAccount(accountId: string): number {
    const sql = `SELECT id FROM artifacts WHERE account_id = ? AND model = 'Grant'`
    const grants = this.#prepare(sql).all(accountId) as { id: string }[]
    for (const { id } of grants) {
      this.revokeTokens(id)
      this.remove('Grant', id)
    }
    return grants.length
  }

  /** The account that a refresh token was issued to, also after it was spent or revoked. */
  ownerOf(refreshToken: string): string | null {
    const sql = `SELECT account_id FROM artifacts WHERE model = 'RefreshToken' AND id = ?`
    return (this.#prepare(sql).get(refreshToken) as Row | undefined)?.account_id ?? null
  }

  countRefresh(accountId: string): void {
    this.#prepare(
      `INSERT INTO refreshes (account_id, count, last_at) VALUES (?, 1, ?)
       ON CONFLICT (account_id) DO UPDATE SET count = count + 1, last_at = excluded.last_at`
    ).run(accountId, Date.now())
  }

  accountState(accountId: string): AccountState {
    const tokens = this.#prepare(
      `SELECT COUNT(*) AS ever, COUNT(CASE WHEN consumed_at IS NULL AND revoked_at IS NULL AND expires_at > ? THEN 1 END) AS live
       FROM artifacts WHERE account_id = ? AND model = 'RefreshToken'`
    ).get(Date.now(), accountId) as { ever: number; live: number }
    const access = this.#prepare(
      `SELECT MAX(expires_at) AS until FROM artifacts WHERE account_id = ? AND model = 'AccessToken' AND expires_at > ?`
    ).get(accountId, Date.now()) as { until: number | null }
    const count = this.#prepare('SELECT count, last_at FROM refreshes WHERE account_id = ?').get(accountId)
    const { count: refreshes, last_at: lastRefreshAt } = (count ?? { count: 0, last_at: null }) as {
      count: number
      last_at: number | null
    }
    const grant = tokens.live > 0 ? 'live' : tokens.ever > 0 ? 'ended' : 'none'
    return { accountId, grant, refreshes, lastRefreshAt, accessTokenUntil: access.until }
  }

  /** A value that is made once and then stays for the life of the file. */
  setting(name: string, create: () => string): string {
    const insert = 'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING'
    const read = () =>
      this.#prepare('SELECT value FROM settings WHERE name = ?').get(name) as { value: string } | undefined
    if (!read()) this.#prepare(insert).run(name, create())
    return read()!.value
  }

  /** Deletes what nobody can use any more. */
  purge(): void {
    const now = Date.now()
    this.#prepare('DELETE FROM artifacts WHERE expires_at < ?').run(now)
    this.#prepare('DELETE FROM artifacts WHERE consumed_at < ?').run(now - KEEP_SPENT)
  }

  close(): void {
    this.#statements.clear()
    this.#db.close()
  }

  #payload(where: string, ...values: string[]): AdapterPayload | undefined {
    const sql = `SELECT payload, consumed_at FROM artifacts WHERE ${where} AND revoked_at IS NULL`
    const row = this.#prepare(sql).get(...values) as Row | undefined
    if (!row) return undefined
    const payload = JSON.parse(row.payload) as AdapterPayload
    return row.consumed_at ? { ...payload, consumed: Math.floor(row.consumed_at / 1000) } : payload
  }

  #prepare(sql: string): Database.Statement {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#db.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}
