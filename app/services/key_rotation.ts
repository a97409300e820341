import { setTimeout as sleep } from 'node:timers/promises'
import { runAll, type StoreDriver, type Work } from '#store/driver'
import { rewrap, SEALED_TABLES, type SealedRow, type SealedTable } from '#vault/rewrap'
import { sealedPrefix, type Unreadable, type Vault } from '#vault/vault'

/** A connection, an added provider, a waiting revocation, a notification channel or a second factor that does not open. */
export type UnreadableRow = { column: string; reason: Unreadable } & (
  | { connection_id: string }
  | { provider_id: string }
  | { revocation_id: string }
  | { channel_id: string }
  | { user_id: string }
)

export interface RotationProgress {
  total: number
  done: number
}

export interface RotationOptions {
  onProgress?: (progress: RotationProgress) => void
  /** Ends the rotation after the transaction that is under way. */
  signal?: AbortSignal
}

export interface RotationResult {
  rewrapped: number
  unreadable: UnreadableRow[]
  interrupted: boolean
}

const LARGEST_CHUNK = 250
const SMALLEST_CHUNK = 10
/** How long a transaction may take, in milliseconds, so that refreshes get their turn. */
const CHUNK_TIME = 50
/** A pause after each transaction, in which others find the database free. */
const REST = 5
/** Rows that a refresh changed under our hands are met again in the next pass; after so many they are left. */
const MOST_PASSES = 10

interface State extends RotationResult {
  size: number
  total: number
  /** Rows that were changed while we held their old ciphertext. */
  missed: number
}

/**
 * Seals every connection's tokens, every added provider's secrets, every waiting revocation's token, every notification
 * channel's secrets and every person's second factor under the newest key while the application works. Nothing needs to be remembered between runs: a row that is under the newest key is passed over. Each row is exchanged only if it still holds exactly
 * the ciphertext that was opened, so a refresh in between always wins; leases, versions and fingerprints stay untouched.
 */
export class KeyRotation {
  constructor(private readonly deps: { driver: StoreDriver; vault: Vault }) {}

  async run({ onProgress, signal }: RotationOptions = {}): Promise<RotationResult> {
    const total = await this.#countOlder()
    const state: State = { rewrapped: 0, unreadable: [], interrupted: false, size: 50, total, missed: 0 }
    onProgress?.({ total, done: 0 })
    for (let pass = 1; pass <= MOST_PASSES; pass++) {
      Object.assign(state, { missed: 0, unreadable: [] })
      for (const table of SEALED_TABLES) await this.#pass(table, state, onProgress, signal)
      if (state.interrupted || state.missed === 0) break
    }
    const { rewrapped, unreadable, interrupted } = state
    return { rewrapped, unreadable, interrupted }
  }

  async #pass(
    table: SealedTable,
    state: State,
    onProgress: RotationOptions['onProgress'],
    signal?: AbortSignal
  ): Promise<void> {
    for (let after: string | null = null; ;) {
      if (signal?.aborted) return void (state.interrupted = true)
      const rows = await this.#read(table, after, state.size)
      if (rows.length === 0) return
      after = rows[rows.length - 1].id
      await this.#exchange(table, rows, state)
      const done = Math.min(state.rewrapped + state.unreadable.length, state.total)
      onProgress?.({ total: state.total, done })
      await sleep(REST)
    }
  }

  /** The next rows, in the order of their ids, with something under another key than the newest. */
  async #read(table: SealedTable, after: string | null, limit: number): Promise<SealedRow<string>[]> {
    const organization = table.isShared ? "'' AS organization_id" : 'organization_id'
    const columns = ['id', organization, ...table.columns].join(', ')
    const { where, values } = this.#older(table)
    const position = after === null ? { sql: '', values: [] } : { sql: 'AND id > ?', values: [after] }
    const sql = `SELECT ${columns} FROM ${table.name} WHERE (${where}) ${position.sql} ORDER BY id LIMIT ?`
    const rows = await this.deps.driver.read(sql, [...values, ...position.values, limit])
    return rows as unknown as SealedRow<string>[]
  }

  async #countOlder(): Promise<number> {
    let count = 0
    for (const table of SEALED_TABLES) {
      const { where, values } = this.#older(table)
      const sql = `SELECT count(*) AS count FROM ${table.name} WHERE ${where}`
      count += Number((await this.deps.driver.read(sql, values))[0].count)
    }
    return count
  }

  #older({ columns }: SealedTable) {
    const prefix = sealedPrefix(this.deps.vault.currentKeyId)
    // Not LIKE: in a pattern "_" means any character, and SQLite tells no case apart.
    const where = columns.map((column) => `substr(${column}, 1, ${prefix.length}) <> ?`).join(' OR ')
    return { where, values: columns.map(() => prefix) }
  }

  /** Opens and seals outside the transaction, which then holds nothing but exchanges. */
  async #exchange(table: SealedTable, rows: readonly SealedRow<string>[], state: State): Promise<void> {
    const exchanges: Exchange[] = []
    for (const row of rows) {
      const { id } = row
      const sealed = rewrap(this.deps.vault, row, table)
      if (sealed.ok) exchanges.push({ row, values: sealed.values })
      else state.unreadable.push(unreadableRow(table, id, sealed.column, sealed.reason))
    }
    if (exchanges.length === 0) return
    const startedAt = performance.now()
    const { driver } = this.deps
    const done = await driver.transaction(() => exchangeAll(driver.dialect, table, exchanges))
    state.size = nextSize(state.size, performance.now() - startedAt)
    state.rewrapped += done
    state.missed += exchanges.length - done
  }
}

interface Exchange {
  row: SealedRow<string>
  values: Record<string, string | null>
}

function unreadableRow(
  { idName }: SealedTable,
  id: string,
  column: string,
  reason: Unreadable
): UnreadableRow {
  switch (idName) {
    case 'connection_id':
      return { connection_id: id, column, reason }
    case 'provider_id':
      return { provider_id: id, column, reason }
    case 'revocation_id':
      return { revocation_id: id, column, reason }
    case 'channel_id':
      return { channel_id: id, column, reason }
    case 'user_id':
      return { user_id: id, column, reason }
  }
}

function* exchangeAll(
  dialect: StoreDriver['dialect'],
  table: SealedTable,
  exchanges: readonly Exchange[]
): Work<number> {
  const sql = exchangeSql(dialect, table)
  const counts = yield* runAll(
    exchanges.map(({ row, values }) => {
      const fresh = table.columns.map((column) => values[column])
      const old = table.columns.map((column) => row[column])
      return { sql, values: [...fresh, row.id, ...old] }
    })
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

/**
 * On PostgreSQL a row that a turn of the store holds is passed over instead of waited for: waiting while we hold others
 * could end in a deadlock with it.
 */
function exchangeSql(dialect: StoreDriver['dialect'], { name, columns }: SealedTable): string {
  const set = columns.map((column) => `${column} = ?`).join(', ')
  const unchanged = columns.map((column) => `${column} IS NOT DISTINCT FROM ?`).join(' AND ')
  const id =
    dialect === 'postgres' ? `(SELECT id FROM ${name} WHERE id = ? FOR NO KEY UPDATE SKIP LOCKED)` : '?'
  return `UPDATE ${name} SET ${set} WHERE id = ${id} AND ${unchanged}`
}

function nextSize(size: number, took: number): number {
  const fitting = Math.round((size * CHUNK_TIME) / Math.max(took, 1) / 2)
  return Math.min(LARGEST_CHUNK, Math.max(SMALLEST_CHUNK, fitting))
}
