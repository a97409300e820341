import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { Secret } from '#oauth/secret'
import type { KeyRing, VaultKey } from '#vault/key_ring'
import { SEALED_TABLES } from '#vault/rewrap'
import { sealedPrefix, Vault } from '#vault/vault'

const PLACE = { organizationId: '-', connectionId: '-', column: 'encryption_keys.check_value' }
const CHECK = 'evergrant'

/** For so long after a key was retired each start looks whether anything was sealed under it nevertheless. */
const WATCHED_FOR = 7 * 24 * 60 * 60_000

export interface KeyRow {
  id: string
  check_value: string
  created_at: unknown
  retired_at: unknown
}

/**
 * Compares the key ring with the keys that this database was sealed under, and remembers the key that seals from now
 * on. Returns a sentence when the ring is the wrong one: a key has other bytes than before, one that is in use is
 * missing, or an older key stands before a newer one. Returns null when all is well. Nothing is written when there is a
 * problem.
 */
export async function checkKeys(
  db: QueryClientContract,
  ring: KeyRing,
  now: number | Date
): Promise<string | null> {
  const rows: KeyRow[] = await db.from('encryption_keys').select('*')
  const wrong = keyProblem(rows, ring)
  if (wrong) return wrong
  const astray: KeyRow[] = []
  for (const row of rows) {
    if (isWatched(row, ring, millis(now)) && (await isInUse(db, row.id))) astray.push(row)
  }
  const missing = astray.find((row) => !holds(ring, row.id))
  if (missing) return missingSentence(missing.id)
  for (const { id } of astray) await db.from('encryption_keys').where({ id }).update({ retired_at: null })
  await remember(db, rows, ring, millis(now))
  return null
}

/** Why this ring is the wrong one for a database with these keys, as a sentence; null where it is not. Pure. */
export function keyProblem(rows: readonly KeyRow[], ring: KeyRing): string | null {
  const vault = new Vault(ring)
  for (const row of rows) {
    if (!holds(ring, row.id)) {
      if (row.retired_at === null) return missingSentence(row.id)
    } else if (!vault.open(row.check_value, PLACE).ok) {
      return `the key "${row.id}" in ENCRYPTION_KEYS is not the one that this database was sealed with. Restore the right key, and give a new key an id of its own; no token was changed.`
    }
  }
  const [first] = ring
  const known = rows.find((row) => row.id === first.id)
  const newer = rows.find(
    (row) => known && row.retired_at === null && millis(row.created_at) > millis(known.created_at)
  )
  // Processes with two opinions about the newest key would seal under both, and neither could ever be retired.
  if (newer) {
    return `ENCRYPTION_KEYS begins with the key "${first.id}", but this database already seals under the newer key "${newer.id}". Write that one first.`
  }
  return null
}

const missingSentence = (id: string) =>
  `ENCRYPTION_KEYS no longer has the key "${id}", under which this database keeps tokens. Put it back, after the newer keys.`

const holds = (ring: KeyRing, id: string) => ring.some((key) => key.id === id)

/** A retired key that somebody put back, or that a process which nobody knew of may have used after all. */
function isWatched({ id, retired_at: retiredAt }: KeyRow, ring: KeyRing, now: number): boolean {
  if (retiredAt === null) return false
  return holds(ring, id) || now - millis(retiredAt) < WATCHED_FOR
}

/** Whether anything in the database is sealed under this key. */
async function isInUse(db: QueryClientContract, keyId: string): Promise<boolean> {
  const prefix = sealedPrefix(keyId)
  for (const { name, columns } of SEALED_TABLES) {
    const query = db.from(name).select('id')
    // Not LIKE: in a pattern "_" means any character, and SQLite tells no case apart.
    for (const column of columns) query.orWhereRaw(`substr(${column}, 1, ${prefix.length}) = ?`, [prefix])
    if (await query.first()) return true
  }
  return false
}

/**
 * Remembers the key that seals, and older ones that something is sealed under. A key that stands behind and is unused
 * is left out: `created_at` tells since when every process that starts seals under it.
 */
async function remember(db: QueryClientContract, rows: readonly KeyRow[], ring: KeyRing, now: number) {
  const [first, ...others] = ring
  const known = new Map(rows.map((row) => [row.id, millis(row.created_at)]))
  const since =
    known.get(first.id) ?? Math.max(await databaseTime(db, now), ...[...known.values()].map((at) => at + 1))
  if (!known.has(first.id)) await insert(db, first, since)
  for (const [index, key] of others.entries()) {
    if (!known.has(key.id) && (await isInUse(db, key.id))) await insert(db, key, since - 1 - index)
  }
}

/** A second process that starts at the same moment remembers the same. */
async function insert(db: QueryClientContract, key: VaultKey, createdAt: number): Promise<void> {
  const row = {
    id: key.id,
    check_value: new Vault([key]).seal(new Secret(CHECK), PLACE),
    created_at: db.dialect.name === 'postgres' ? new Date(createdAt) : createdAt,
    retired_at: null,
  }
  await db.knexQuery().table('encryption_keys').insert(row).onConflict('id').ignore()
}

/** The clock that also says when a process started; on SQLite that is the host's. */
async function databaseTime(db: QueryClientContract, now: number): Promise<number> {
  if (db.dialect.name !== 'postgres') return now
  const { rows } = await db.rawQuery(
    'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now'
  )
  return Number(rows[0].now)
}

function millis(value: unknown): number {
  return value instanceof Date ? value.getTime() : Number(value)
}
