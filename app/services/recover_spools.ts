import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ConnectionStore } from '#token_refresh/connection_store'
import { Spool } from '#token_refresh/spool'

const NAME = /^spool-([0-9a-f-]{36})\.ndjson$/

/** The spool of one process. Each has a file of its own, so that none empties what another still needs. */
export function spoolOf(folder: string, workerId: string): Spool {
  return new Spool(join(folder, `spool-${workerId}.ndjson`))
}

/**
 * Stores the answers that dead processes kept on disk because the database refused them, behind the same fences as ever,
 * and removes their files. Returns how many answers were stored. Call it before any claim is taken over.
 */
export async function recoverSpools(
  folder: string,
  isAlive: (workerId: string) => boolean,
  store: Pick<ConnectionStore, 'turn' | 'readAttempt'>
): Promise<number> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  let stored = 0
  for (const name of readdirSync(folder)) {
    const workerId = NAME.exec(name)?.[1]
    if (!workerId || isAlive(workerId)) continue
    for (const settlement of spoolOf(folder, workerId).pending()) {
      if (await store.readAttempt(settlement.claim.attemptId)) continue
      await store.turn({ settlements: [settlement], claims: [], due: null })
      stored += 1
    }
    rmSync(join(folder, name))
  }
  return stored
}
