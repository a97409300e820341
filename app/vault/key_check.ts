import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { Secret } from '#oauth/secret'
import type { KeyRing } from '#vault/key_ring'
import { Vault } from '#vault/vault'

const PLACE = { organizationId: '-', connectionId: '-', column: 'encryption_keys.check_value' }
const CHECK = 'evergrant'

interface KeyRow {
  id: string
  check_value: string
}

/**
 * Compares the key ring with the keys that this database was sealed under, and remembers new ones. Returns a sentence
 * when the ring is the wrong one (a key has other bytes than before, or a key that may still be in use is missing),
 * null when all is well. Nothing is written when there is a problem.
 */
export async function checkKeys(
  db: QueryClientContract,
  ring: KeyRing,
  now: unknown
): Promise<string | null> {
  const rows: KeyRow[] = await db.from('encryption_keys').whereNull('retired_at').select('id', 'check_value')
  const vault = new Vault(ring)
  for (const row of rows) {
    if (!ring.some((key) => key.id === row.id)) {
      return `ENCRYPTION_KEYS no longer has the key "${row.id}", under which this database keeps tokens. Put it back, after the newer keys.`
    }
    if (!vault.open(row.check_value, PLACE).ok) {
      return `the key "${row.id}" in ENCRYPTION_KEYS is not the one that this database was sealed with. Restore the right key; no token was changed.`
    }
  }
  const known = new Set(rows.map((row) => row.id))
  for (const key of ring.filter((candidate) => !known.has(candidate.id))) {
    const checkValue = new Vault([key]).seal(new Secret(CHECK), PLACE)
    await db
      .insertQuery()
      .table('encryption_keys')
      .insert({ id: key.id, check_value: checkValue, created_at: now, retired_at: null })
  }
  return null
}
