import { createSecretKey, createHash } from 'node:crypto'
import { uuid } from '#models/uuid'
import { Secret } from '#oauth/secret'
import { run, type StoreDriver, type Value } from '#store/driver'
import { credentialFingerprint, Vault } from '#vault/vault'
import { seededRandom, tokenText } from './random.js'

/** The organization and the provider that everything here belongs to. */
export const ORGANIZATION = '00000000-0000-7000-8000-00000000000b'
export const PROVIDER = 'bench'

const HOUR = 3_600_000
const CHUNK = 5_000

/** All processes of a run seal under the key that follows from the seed. */
export function benchVault(seed: number): Vault {
  return new Vault([{ id: 'k1', key: createSecretKey(keyOf(seed)) }])
}

/** The same key as an environment names it. */
export function benchKeys(seed: number): string {
  return `k1:${keyOf(seed).toString('base64')}`
}

function keyOf(seed: number): Buffer {
  return createHash('sha256').update(`bench ${seed}`).digest()
}

const INSERT = `INSERT INTO connections (id, organization_id, owner, provider, provider_account_id, access_token,
  refresh_token, credential_fp, token_expires_at, next_refresh_at, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?t, ?t, ?t, ?t)`

export interface SeedOptions {
  count: number
  seed: number
  organization?: string
  provider?: string
  /** Hears the id and the first refresh token of each connection. */
  onRow?: (id: string, refreshToken: string) => void
}

/** Fills a migrated database with connections whose tokens have lapsed; all were due within the last hour, in no order. */
export async function seedConnections(driver: StoreDriver, options: SeedOptions): Promise<void> {
  const { count, seed, organization = ORGANIZATION } = options
  const vault = benchVault(seed)
  const random = seededRandom(seed)
  const now = Date.now()
  await driver.transaction(() =>
    run(
      'INSERT INTO organizations (id, slug, name, created_at) VALUES (?, ?, ?, ?t) ON CONFLICT (id) DO NOTHING',
      [organization, 'bench', 'Bench', now]
    )
  )
  for (let from = 0; from < count; from += CHUNK) {
    await driver.transaction(function* () {
      for (let index = from; index < Math.min(from + CHUNK, count); index++) {
        yield* run(INSERT, connection(vault, options, index, now, now - HOUR * random()))
      }
    })
  }
}

function connection(vault: Vault, options: SeedOptions, index: number, now: number, due: number): Value[] {
  const { seed, organization = ORGANIZATION, provider = PROVIDER, onRow } = options
  const id = uuid(now - HOUR + index)
  const place = (column: string) => ({ organizationId: organization, connectionId: id, column })
  const refresh = new Secret(tokenText('rt', seed, index))
  const access = new Secret(tokenText('at', seed, index))
  const number = String(index).padStart(7, '0')
  onRow?.(id, refresh.reveal())
  return [
    id,
    organization,
    `owner-${number}`,
    provider,
    `account-${number}`,
    vault.seal(access, place('access_token')),
    vault.seal(refresh, place('refresh_token')),
    credentialFingerprint(id, refresh),
    Math.round(due),
    Math.round(due),
    now - HOUR + index,
    now,
  ]
}
