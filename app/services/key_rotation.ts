import { setTimeout as sleep } from 'node:timers/promises'
import { run as runStatement, type StoreDriver, type Work } from '#token_refresh/store_driver'
import { rewrap, SEALED_COLUMNS, type SealedColumn, type SealedRow } from '#vault/rewrap'
import { sealedPrefix, type Unreadable, type Vault } from '#vault/vault'

/** A connection with something in it that does not open. */
export interface UnreadableRow {
  connection_id: string
  column: SealedColumn
  reason: Unreadable
}

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
 * Seals every connection's tokens under the newest key while the application works. Nothing needs to be remembered
 * between runs: a row that is under the newest key is passed over. Each row is exchanged only if it still holds exactly
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
      await this.#pass(state, onProgress, signal)
      if (state.interrupted || state.missed === 0) break
    }
    const { rewrapped, unreadable, interrupted } = state
    return { rewrapped, unreadable, interrupted }
  }

  async #pass(state: State, onProgress: RotationOptions['onProgress'], signal?: AbortSignal): Promise<void> {
    for (let after: string | null = null; ;) {
      if (signal?.aborted) return void (state.interrupted = true)
      const rows = await this.#read(after, state.size)
      if (rows.length === 0) return
      after = rows[rows.length - 1].id
      await this.#exchange(rows, state)
      const done = Math.min(state.rewrapped + state.unreadable.length, state.total)
      onProgress?.({ total: state.total, done })
      await sleep(REST)
    }
  }

  /** The next rows, in the order of their ids, with something under another key than the newest. */
  async #read(after: string | null, limit: number): Promise<SealedRow[]> {
    const columns = ['id', 'organization_id', ...SEALED_COLUMNS].join(', ')
    const { where, values } = this.#older()
    const position = after === null ? { sql: '', values: [] } : { sql: 'AND id > ?', values: [after] }
    const sql = `SELECT ${columns} FROM connections WHERE (${where}) ${position.sql} ORDER BY id LIMIT ?`
    const rows = await this.deps.driver.read(sql, [...values, ...position.values, limit])
    return rows as unknown as SealedRow[]
  }

  async #countOlder(): Promise<number> {
    const { where, values } = this.#older()
    const [row] = await this.deps.driver.read(
      `SELECT count(*) AS count FROM connections WHERE ${where}`,
      values
    )
    return Number(row.count)
  }

  #older() {
    const prefix = sealedPrefix(this.deps.vault.currentKeyId)
    // Not LIKE: in a pattern "_" means any character, and SQLite tells no case apart.
    const where = SEALED_COLUMNS.map((column) => `substr(${column}, 1, ${prefix.length}) <> ?`).join(' OR ')
    return { where, values: SEALED_COLUMNS.map(() => prefix) }
  }

  /** Opens and seals outside the transaction, which then holds nothing but exchanges. */
  async #exchange(rows: readonly SealedRow[], state: State): Promise<void> {
    const exchanges: Exchange[] = []
    for (const row of rows) {
      const { id } = row
      const sealed = rewrap(this.deps.vault, row)
      if (sealed.ok) exchanges.push({ row, values: sealed.values })
      else state.unreadable.push({ connection_id: id, column: sealed.column, reason: sealed.reason })
    }
    if (exchanges.length === 0) return
    const startedAt = performance.now()
    const done = await this.deps.driver.transaction(() => exchangeAll(this.deps.driver.dialect, exchanges))
    state.size = nextSize(state.size, performance.now() - startedAt)
    state.rewrapped += done
    state.missed += exchanges.length - done
  }
}

interface Exchange {
  row: SealedRow
  values: Record<SealedColumn, string | null>
}

function* exchangeAll(dialect: StoreDriver['dialect'], exchanges: readonly Exchange[]): Work<number> {
  let done = 0
  for (const { row, values } of exchanges) {
    const fresh = SEALED_COLUMNS.map((column) => values[column])
    const old = SEALED_COLUMNS.map((column) => row[column])
    done += yield* runStatement(exchangeSql(dialect), [...fresh, row.id, ...old])
  }
  return done
}

/**
 * On PostgreSQL a row that a turn of the store holds is passed over instead of waited for: waiting while we hold others
 * could end in a deadlock with it.
 */
function exchangeSql(dialect: StoreDriver['dialect']): string {
  const set = SEALED_COLUMNS.map((column) => `${column} = ?`).join(', ')
  const unchanged = SEALED_COLUMNS.map((column) => `${column} IS NOT DISTINCT FROM ?`).join(' AND ')
  const id =
    dialect === 'postgres' ? '(SELECT id FROM connections WHERE id = ? FOR NO KEY UPDATE SKIP LOCKED)' : '?'
  return `UPDATE connections SET ${set} WHERE id = ${id} AND ${unchanged}`
}

function nextSize(size: number, took: number): number {
  const fitting = Math.round((size * CHUNK_TIME) / Math.max(took, 1) / 2)
  return Math.min(LARGEST_CHUNK, Math.max(SMALLEST_CHUNK, fitting))
}
