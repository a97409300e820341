import { randomUUID } from 'node:crypto'
import type { SealedToken } from '#services/token_manager/servable_token'

/** The part of an ioredis client that is used. It must fail at once while it has no connection. */
export interface RedisClient {
  readonly status: string
  eval(script: string, keys: number, ...values: string[]): Promise<unknown>
  on(event: 'ready', listener: () => void): unknown
  off(event: 'ready', listener: () => void): unknown
}

/** A value, or the right to bring it. Null where Redis is away. */
export type Borrowed = { value: SealedToken | null; lease: string } | null

const PREFIX = '{evergrant:tokens}'
const GENERATION = `${PREFIX}:generation`
/** What was never asked for again is gone after this, in milliseconds; so is a right to bring a value. */
const LIFE = 600_000
const LEASE_LIFE = 10_000
/** How long a caller waits for Redis before it goes on without, in milliseconds. */
const PATIENCE = 150
const TRY_AGAIN = 1_000

const BORROW = `local generation = redis.call('GET', KEYS[3])
if not generation then return 0 end
local value = redis.call('GET', KEYS[1])
local head = generation .. '|'
if value and string.sub(value, 1, #head) == head then return string.sub(value, #head + 1) end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return false`
const BRING = `local generation = redis.call('GET', KEYS[3])
if not generation or redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[1], generation .. '|' .. ARGV[2], 'PX', ARGV[3])
return 1`
const FORGET = `return redis.call('DEL', KEYS[1], KEYS[2])`
const NEXT_GENERATION = `return redis.call('SET', KEYS[1], ARGV[1])`

/**
 * Sealed tokens in Redis, shared by all nodes. A value is brought only under a lease that a commit takes away, so that a
 * slow reader never puts an old token in the place of a new one. Whatever cannot be forgotten because Redis is away is
 * owed: until a new generation has begun, which makes every older value void, this process uses Redis no more.
 */
export class SharedCache {
  #usable = false
  #closed = false
  #raising = false
  /** Something was to be forgotten while the new generation was on its way, perhaps after it had begun. */
  #owed = false
  #timer: NodeJS.Timeout | null = null
  readonly #ready = () => void this.#raise()

  constructor(private readonly redis: RedisClient) {
    redis.on('ready', this.#ready)
    if (redis.status === 'ready') void this.#raise()
  }

  /** True where Redis may be asked. */
  get isUsable(): boolean {
    return this.#usable && this.redis.status === 'ready'
  }

  async borrow(organizationId: string, connectionId: string): Promise<Borrowed> {
    if (!this.isUsable) return null
    const lease = randomUUID()
    const answer = await this.#ask(BORROW, keysOf(organizationId, connectionId), [lease, String(LEASE_LIFE)])
    // A generation that is gone was evicted, or Redis was emptied.
    if (answer === 0) this.#distrust()
    if (answer === undefined || answer === 0) return null
    return { value: typeof answer === 'string' ? (JSON.parse(answer) as SealedToken) : null, lease }
  }

  /** Brings what was read from the database after `borrow` gave the lease. Nobody waits for it. */
  bring(borrowed: Borrowed, token: SealedToken): void {
    if (!borrowed || !this.isUsable) return
    const keys = keysOf(token.organizationId, token.connectionId)
    void this.#ask(BRING, keys, [borrowed.lease, JSON.stringify(token), String(LIFE)])
  }

  /** To be called after each commit. Commands keep their order: a later `borrow` of this process finds nothing old. */
  forget(organizationId: string, connectionId: string): void {
    if (!this.isUsable) this.#distrust()
    else void this.#ask(FORGET, keysOf(organizationId, connectionId), [])
  }

  close(): void {
    this.#closed = true
    this.#usable = false
    this.redis.off('ready', this.#ready)
    if (this.#timer) clearTimeout(this.#timer)
  }

  /** Undefined where Redis did not answer in time. */
  async #ask(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown> {
    const patience = Promise.withResolvers<never>()
    const timer = setTimeout(() => patience.reject(new Error('Redis did not answer in time')), PATIENCE)
    try {
      const answer = this.redis.eval(script, keys.length, ...keys, ...values)
      return await Promise.race([answer, patience.promise])
    } catch {
      this.#distrust()
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }

  #distrust(): void {
    this.#usable = false
    this.#owed = true
    if (this.#closed || this.#timer || this.#raising) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.#raise()
    }, TRY_AGAIN).unref()
  }

  /** Voids what may be old; only then is Redis used (again). A new connection may lead to a server with older data. */
  async #raise(): Promise<void> {
    if (this.#closed || this.#raising) return
    this.#usable = false
    this.#raising = true
    this.#owed = false
    if (this.redis.status === 'ready') await this.#ask(NEXT_GENERATION, [GENERATION], [randomUUID()])
    else this.#owed = true
    this.#raising = false
    if (this.#owed) this.#distrust()
    else this.#usable = !this.#closed
  }
}

function keysOf(organizationId: string, connectionId: string): string[] {
  const key = `${PREFIX}:${organizationId}/${connectionId}`
  return [key, `${key}:lease`, GENERATION]
}
