import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ConnectionStore } from '#token_refresh/connection_store'
import type { Settlement } from '#token_refresh/settlement'
import { Spool } from '#token_refresh/spool'
import type { Vault } from '#vault/vault'

const NAME = /^spool-([0-9a-f-]{36})\.ndjson$/

/** The spool of one process. Each has a file of its own, so that none empties what another still needs. */
export function spoolOf(folder: string, workerId: string): Spool {
  return new Spool(join(folder, `spool-${workerId}.ndjson`))
}

export interface SpoolRecovery {
  store: Pick<ConnectionStore, 'turn' | 'readAttempt'>
  vault: Pick<Vault, 'open'>
  isAlive: (workerId: string) => boolean
}

/**
 * Stores the answers that dead processes kept on disk because the database refused them, behind the same fences as ever,
 * and removes their files. An answer sealed under a key that is not in the ring stays in its file for a start that has
 * the key: in the database it would take the place of a token that can be read. Call it before any claim is taken over.
 */
export async function recoverSpools(
  folder: string,
  { store, vault, isAlive }: SpoolRecovery
): Promise<{ restored: number; unreadable: number }> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const total = { restored: 0, unreadable: 0 }
  for (const name of readdirSync(folder)) {
    const workerId = NAME.exec(name)?.[1]
    if (!workerId || isAlive(workerId)) continue
    let unreadable = 0
    for (const settlement of spoolOf(folder, workerId).pending()) {
      if (await store.readAttempt(settlement.claim.attemptId)) continue
      if (lacksKey(vault, settlement)) {
        unreadable += 1
        continue
      }
      await store.turn({ settlements: [settlement], claims: [], due: null })
      total.restored += 1
    }
    total.unreadable += unreadable
    if (unreadable === 0) rmSync(join(folder, name))
  }
  return total
}

function lacksKey(vault: Pick<Vault, 'open'>, { claim, ending }: Settlement): boolean {
  if (ending.type !== 'tokens') return false
  const { organizationId, connectionId } = claim
  const opened = vault.open(ending.tokens.accessToken, {
    organizationId,
    connectionId,
    column: 'access_token',
  })
  return !opened.ok && opened.reason === 'unknown_key'
}
