import { AccessToken } from '@adonisjs/auth/access_tokens'
import { uuid } from '#models/uuid'
import { Secret } from '#oauth/secret'
import type { Clock } from '#oauth/types'
import type { Granted } from '#services/api_keys/abilities'
import * as sql from '#services/api_keys/api_key_sql'
import { all, run, type Row, type StoreDriver } from '#store/driver'

/** With what every key begins, so that scanners for leaked secrets know it. */
export const KEY_PREFIX = 'evg_'

/** Characters of the random part: 238 bits. A checksum follows it, so that scanners can tell a key from a look-alike. */
const SECRET_LENGTH = 40
/** A key's last use is noted at most this often, in milliseconds. */
const NOTED_EVERY = 60_000
const LONGEST_KEY = 256
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A key as people see it: everything but the key. Instants are milliseconds. */
export interface ApiKey {
  id: string
  organizationId: string
  name: string
  abilities: Granted[]
  createdBy: string | null
  createdAt: number
  lastUsedAt: number | null
  expiresAt: number | null
  revokedAt: number | null
}

export interface NewKey {
  organizationId: string
  name: string
  abilities: readonly Granted[]
  /** Milliseconds from now; null: it never expires. */
  lifetime: number | null
  createdBy: string | null
}

interface Dependencies {
  driver: StoreDriver
  clock: Pick<Clock, 'now'>
  /** Hears why a last use could not be noted, which is no reason to refuse the caller. */
  onTrouble: (error: unknown) => void
}

/**
 * The API keys of organizations. Only the hash of a key is stored. Each check reads the row, so a revoked key is refused
 * at once, on every node.
 */
export class ApiKeyService {
  readonly #noted = new Map<string, number>()
  readonly #noting = new Set<Promise<unknown>>()

  constructor(private readonly deps: Dependencies) {}

  /** Makes a key. The secret is the whole key; it is returned this once. */
  async create(input: NewKey): Promise<{ apiKey: ApiKey; key: Secret }> {
    const { driver, clock } = this.deps
    const now = clock.now()
    const id = uuid(now)
    const { secret, hash } = AccessToken.seed(SECRET_LENGTH)
    const { organizationId, name, abilities, createdBy, lifetime } = input
    const expiresAt = lifetime === null ? null : now + lifetime
    const values = [id, organizationId, name, hash, JSON.stringify(abilities), createdBy, now, expiresAt]
    await driver.transaction(() => run(sql.INSERT, values))
    const [row] = await driver.read(sql.READ, [id])
    return { apiKey: toApiKey(row), key: new Secret(textOf(id, secret.release())) }
  }

  /** All keys of an organization, the newest first. */
  async list(organizationId: string): Promise<ApiKey[]> {
    return (await this.deps.driver.read(sql.LIST, [organizationId])).map(toApiKey)
  }

  /** Ends a key for good; false where the organization has none of this id. One that is revoked already stays as it is. */
  async revoke(organizationId: string, id: string): Promise<boolean> {
    if (!UUID.test(id)) return false
    const { driver, clock } = this.deps
    return driver.transaction(function* () {
      yield* run(sql.REVOKE, [clock.now(), id, organizationId])
      return (yield* all(sql.OF_ORGANIZATION, [id, organizationId])).length > 0
    })
  }

  /**
   * The key that this text is, if it may be used now; null for anything else, without telling why. The secret is compared
   * in constant time, before anything is written.
   */
  async verify(text: Secret): Promise<ApiKey | null> {
    const revealed = text.reveal()
    if (revealed.length > LONGEST_KEY) return null
    const decoded = AccessToken.decode(KEY_PREFIX, revealed)
    if (!decoded || !UUID.test(String(decoded.identifier))) return null
    const [row] = await this.deps.driver.read(sql.READ, [String(decoded.identifier)])
    if (!row || !tokenOf(row).verify(decoded.secret)) return null
    const apiKey = toApiKey(row)
    const now = this.deps.clock.now()
    if (apiKey.revokedAt !== null || (apiKey.expiresAt !== null && apiKey.expiresAt <= now)) return null
    this.#noteUse(apiKey, now)
    return apiKey
  }

  /** Waits until every use that was noticed has been noted. */
  async settled(): Promise<void> {
    await Promise.all(this.#noting)
  }

  /** For the end of the process. */
  async close(): Promise<void> {
    await this.settled()
    await this.deps.driver.close()
  }

  #noteUse({ id, lastUsedAt }: ApiKey, now: number): void {
    const known = Math.max(lastUsedAt ?? 0, this.#noted.get(id) ?? 0)
    if (known > now - NOTED_EVERY) return
    this.#noted.set(id, now)
    const values = [now, id, now - NOTED_EVERY]
    const noting = this.deps.driver
      .transaction(() => run(sql.NOTE_USE, values))
      .catch(this.deps.onTrouble)
      .finally(() => void this.#noting.delete(noting))
    this.#noting.add(noting)
  }
}

/** `evg_<id>.<secret>`, both parts in base64url, as the framework's access tokens are written. */
function textOf(id: string, secret: string): string {
  return `${KEY_PREFIX}${Buffer.from(id).toString('base64url')}.${Buffer.from(secret).toString('base64url')}`
}

/** The row as the framework checks it: only its hash counts here. */
function tokenOf(row: Row): AccessToken {
  const { id: identifier, organizationId: tokenableId, name, abilities, createdAt } = toApiKey(row)
  const at = new Date(createdAt)
  const times = { createdAt: at, updatedAt: at, lastUsedAt: null, expiresAt: null }
  return new AccessToken({
    identifier,
    tokenableId,
    type: 'api_key',
    name,
    abilities,
    ...times,
    hash: String(row.hash),
  })
}

function toApiKey(row: Row): ApiKey {
  const instant = (value: unknown) => (value === null ? null : Number(value))
  const { abilities } = row
  return {
    id: row.id as string,
    organizationId: row.organization_id as string,
    name: row.name as string,
    abilities: typeof abilities === 'string' ? JSON.parse(abilities) : (abilities as Granted[]),
    createdBy: row.created_by as string | null,
    createdAt: Number(row.created_at),
    lastUsedAt: instant(row.last_used_at),
    expiresAt: instant(row.expires_at),
    revokedAt: instant(row.revoked_at),
  }
}
