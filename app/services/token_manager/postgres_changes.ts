import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { Clock } from '#oauth/types'
import type { TokenChange, TokenChanges } from '#services/token_manager/token_changes'

/** The channel that the triggers of migrations 008 and 024 notify. */
const CHANNEL = 'evergrant_tokens'
const BEAT = 'beat:'
const SEND_BEAT = `SELECT pg_notify('${CHANNEL}', $1), floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`

/** How often the channel is proven, and how long a proof may take, in milliseconds. */
const BEAT_EVERY = 5_000
const BEAT_PATIENCE = 3_000
const RECONNECT_AFTER = 1_000

/**
 * Changes of a PostgreSQL database by LISTEN: notifications are part of the transaction that wrote, so none is early and
 * none is lost while the connection stands. A beat of our own proves that it does (a pooler in front, or a cable that was
 * cut, would be silent). While it is not proven, the mark is null and reads go to the database; a new connection has a new
 * mark, which drops everything that was cached under the old one.
 */
export async function watchPostgres(connectionString: string, clock: Clock | null): Promise<TokenChanges> {
  const watch = new PostgresWatch(connectionString, clock)
  await watch.begin()
  return watch
}

class PostgresWatch implements TokenChanges {
  #client: pg.Client | null = null
  #mark = 0
  #proven = false
  #offset = 0
  #beat = ''
  #timer: NodeJS.Timeout | null = null
  #closed = false
  readonly #listeners: ((change: TokenChange) => void)[] = []

  constructor(
    private readonly connectionString: string,
    /** Stands for the server's clock where a test plays with time. */
    private readonly clock: Clock | null
  ) {}

  mark(): number | null {
    return this.#proven ? this.#mark : null
  }

  offset(): number {
    return this.#offset
  }

  onChange(listener: (change: TokenChange) => void): void {
    this.#listeners.push(listener)
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer) clearTimeout(this.#timer)
    const client = this.#client
    this.#lose(client)
    await client?.end().catch(() => {})
  }

  /** Connects and listens. A server that is away is tried again; until then nothing cached is trusted. */
  async begin(): Promise<void> {
    if (this.#closed) return
    const { connectionString } = this
    const client = new pg.Client({
      connectionString,
      application_name: 'evergrant-tokens',
      keepAlive: true,
      connectionTimeoutMillis: BEAT_PATIENCE,
    })
    const broken = () => this.#restart(client)
    client.on('error', broken).on('end', broken)
    client.on('notification', ({ payload = '' }) => this.#hear(client, payload))
    this.#client = client
    try {
      await client.connect()
      await client.query(`LISTEN ${CHANNEL}`)
      this.#mark += 1
      await this.#prove(client)
    } catch {
      this.#restart(client)
    }
  }

  /** Sends a beat; `#hear` takes it. One that is still on its way at the next turn means that nothing arrives. */
  async #prove(client: pg.Client): Promise<void> {
    this.#beat = `${BEAT}${randomUUID()}`
    const patience = setTimeout(() => this.#restart(client), BEAT_PATIENCE)
    const before = Date.now()
    try {
      const { rows } = await client.query<{ now: number }>(SEND_BEAT, [this.#beat])
      if (!this.clock) this.#offset = Math.round(rows[0].now - (before + Date.now()) / 2)
    } finally {
      clearTimeout(patience)
    }
    if (this.#client !== client || this.#closed) return
    this.#timer = setTimeout(() => void this.#next(client), BEAT_EVERY).unref()
  }

  async #next(client: pg.Client): Promise<void> {
    if (this.#client !== client) return
    if (this.#beat !== '') return this.#restart(client)
    await this.#prove(client).catch(() => this.#restart(client))
  }

  #hear(client: pg.Client, payload: string): void {
    if (this.#client !== client) return
    if (payload.startsWith(BEAT)) {
      if (payload !== this.#beat) return
      this.#beat = ''
      this.#proven = true
      return
    }
    const change = toChange(payload)
    for (const listener of this.#listeners) listener(change)
  }

  #lose(client: pg.Client | null): void {
    if (this.#client !== client) return
    this.#client = null
    this.#proven = false
    for (const listener of this.#listeners) listener({ kind: 'all' })
  }

  #restart(client: pg.Client): void {
    if (this.#client !== client) return
    this.#lose(client)
    client.end().catch(() => {})
    if (this.#closed) return
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.begin(), RECONNECT_AFTER).unref()
  }
}

/** `token:<organization>/<connection>`, `owners` or `keys`; what is not understood may be anything. */
function toChange(payload: string): TokenChange {
  const [, organizationId, connectionId] = /^token:([^/]+)\/(.+)$/.exec(payload) ?? []
  if (connectionId) return { kind: 'token', organizationId, connectionId }
  return { kind: payload === 'owners' || payload === 'keys' ? payload : 'all' }
}
