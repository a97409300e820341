import { AccessToken } from '@adonisjs/auth/access_tokens'
import { uuid } from '#models/uuid'
import type { Secret } from '#oauth/secret'
import type { Clock } from '#oauth/types'
import type { Granted } from '#services/api_keys/abilities'
import { toApiKey, tokenOf, type ApiKey } from '#services/api_keys/api_key'
import * as sql from '#services/api_keys/api_key_sql'
import { KeyMemory } from '#services/api_keys/key_memory'
import { forgeKey, KEY_PREFIX } from '#services/api_keys/key_text'
import type { TokenChanges } from '#services/token_manager/token_changes'
import { all, run, type StoreDriver } from '#store/driver'

export type { ApiKey }

/** A key's last use is noted at most this often, in milliseconds. */
const NOTED_EVERY = 60_000
const LONGEST_KEY = 256
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A key that was made just now, with the key itself, which nobody can ask for again. */
export interface MadeKey {
  apiKey: ApiKey
  key: Secret
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
  /** Tells whether a key that was read is still what the database holds. Whoever opened it closes it. */
  changes: Pick<TokenChanges, 'mark' | 'onChange'>
  /** Hears why a last use could not be noted, which is no reason to refuse the caller. */
  onTrouble: (error: unknown) => void
}

/**
 * The API keys of organizations. Only the hash of a key is stored. A key that was verified is remembered until any process
 * changes one, so a revoked key is refused at once, on every node.
 */
export class ApiKeyService {
  readonly #noted = new Map<string, number>()
  /** The ids of keys whose text was right once, for as long as this process lives. */
  readonly #met = new Set<string>()
  readonly #noting = new Set<Promise<unknown>>()

  readonly #memory: KeyMemory

  constructor(private readonly deps: Dependencies) {
    this.#memory = new KeyMemory(deps.changes)
  }

  /** Makes a key. The secret is the whole key; it is returned this once. */
  async create(input: NewKey): Promise<MadeKey> {
    const { driver, clock } = this.deps
    const { id, key, values } = forge(input, clock.now())
    await driver.transaction(() => run(sql.INSERT, values))
    return this.#made(id, key)
  }

  /**
   * Makes a key of the same name and abilities, which lives as long as the old one was given, and ends the old one after
   * an overlap in milliseconds (0: at once). Null where the organization has no such key, or it is over or has a successor.
   */
  async rotate(
    organizationId: string,
    id: string,
    { overlap, createdBy }: { overlap: number; createdBy: string | null }
  ): Promise<MadeKey | null> {
    if (!UUID.test(id)) return null
    const { driver, clock } = this.deps
    const now = clock.now()
    const made = await driver.transaction(function* () {
      const [row] = yield* all(sql.REPLACEABLE, [id, organizationId, now])
      if (!row) return null
      const { name, abilities, createdAt, expiresAt } = toApiKey(row)
      const lifetime = expiresAt === null ? null : expiresAt - createdAt
      const successor = forge({ organizationId, name, abilities, lifetime, createdBy }, now)
      const ends = now + overlap
      if ((yield* run(sql.REPLACE, [successor.id, ends, ends, id])) === 0) return null
      yield* run(sql.INSERT, successor.values)
      return successor
    })
    this.#memory.forget()
    return made && this.#made(made.id, made.key)
  }

  /** One key of an organization; null where it has none of this id. */
  async find(organizationId: string, id: string): Promise<ApiKey | null> {
    if (!UUID.test(id)) return null
    const [row] = await this.deps.driver.read(sql.READ, [id])
    return row && row.organization_id === organizationId ? toApiKey(row) : null
  }

  /** All keys of an organization, the newest first. */
  async list(organizationId: string): Promise<ApiKey[]> {
    return (await this.deps.driver.read(sql.LIST, [organizationId])).map(toApiKey)
  }

  /** Ends a key for good; false where the organization has none of this id. One that is revoked already stays as it is. */
  async revoke(organizationId: string, id: string): Promise<boolean> {
    if (!UUID.test(id)) return false
    const { driver, clock } = this.deps
    const isKnown = await driver.transaction(function* () {
      yield* run(sql.REVOKE, [clock.now(), id, organizationId])
      return (yield* all(sql.OF_ORGANIZATION, [id, organizationId])).length > 0
    })
    // Other processes hear of it in a moment; this one must not ask before.
    this.#memory.forget()
    return isKnown
  }

  /** A mark of the database, at this moment: what was read under it holds for as long as it stays the same. */
  mark(): number | null {
    return this.deps.changes.mark()
  }

  /**
   * The key that this text is, if it may be used now; null for anything else, without telling why. The secret is compared
   * in constant time, before anything is written or remembered. `mark`: of the database, where the caller has just asked.
   * `flooded`: whether this caller brings so many unfit keys that only keys which were valid here before are looked up; it
   * is not asked for one that is remembered.
   */
  async verify(text: Secret, mark = this.mark(), flooded = async () => false): Promise<ApiKey | null> {
    const revealed = text.reveal()
    if (revealed.length > LONGEST_KEY) return null
    const { apiKey: remembered, keep } = this.#memory.recall(revealed, mark)
    const apiKey = remembered ?? (await this.#read(revealed, flooded))
    if (apiKey === null) return null
    if (remembered === null) keep(apiKey)
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

  /** The key of this text as the database has it, whether or not it may still be used. */
  async #read(text: string, flooded: () => Promise<boolean>): Promise<ApiKey | null> {
    const decoded = AccessToken.decode(KEY_PREFIX, text)
    if (!decoded || !UUID.test(String(decoded.identifier))) return null
    const id = String(decoded.identifier)
    if (!this.#met.has(id) && (await flooded())) return null
    const [row] = await this.deps.driver.read(sql.READ, [id])
    if (!row || !tokenOf(row).verify(decoded.secret)) return null
    this.#met.add(id)
    return toApiKey(row)
  }

  async #made(id: string, key: Secret): Promise<MadeKey> {
    const [row] = await this.deps.driver.read(sql.READ, [id])
    return { apiKey: toApiKey(row), key }
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

/** A new key, and what is stored of it. */
function forge({ organizationId, name, abilities, createdBy, lifetime }: NewKey, now: number) {
  const id = uuid(now)
  const { key, hash } = forgeKey(id)
  const expiresAt = lifetime === null ? null : now + lifetime
  const values = [id, organizationId, name, hash, JSON.stringify(abilities), createdBy, now, expiresAt]
  return { id, key, values }
}
