import { setTimeout as sleep } from 'node:timers/promises'
import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'

const TRIES_WHEN_BUSY = 40
const TRIES_WHEN_RACED = 3

/**
 * Runs `work` in one transaction and runs it again where the database was busy or another process was faster. The first
 * statement of `work` must write: on SQLite a transaction that reads first cannot turn into one that writes.
 */
export async function writeTransaction<T>(work: (trx: TransactionClientContract) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await db.transaction(work)
    } catch (error) {
      if (tries >= triesFor(error)) throw error
      await sleep(10 + 15 * Math.random())
    }
  }
}

/** PostgreSQL: serialization failure, deadlock, and a unique key that somebody else took meanwhile. */
const RACED = new Set(['40001', '40P01', '23505'])

function triesFor(error: unknown): number {
  const code = error instanceof Error ? String((error as Error & { code?: unknown }).code) : ''
  if (code.startsWith('SQLITE_BUSY')) return TRIES_WHEN_BUSY
  return RACED.has(code) ? TRIES_WHEN_RACED : 0
}
