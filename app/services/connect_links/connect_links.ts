import { uuid } from '#models/uuid'
import type { Clock } from '#oauth/types'
import * as sql from '#services/connect_links/connect_link_sql'
import { all, now, run, type Row, type StoreDriver, type Work } from '#store/driver'

/** A link by which a person without an account here connects one account. Instants are milliseconds. */
export interface ConnectLink {
  id: string
  organizationId: string
  provider: string
  /** Whose the account will be, as the program that asked calls them. */
  owner: string
  /** The only account that it connects; null until one has come by it. */
  connectionId: string | null
  /** The variables of the provider, such as a subdomain. */
  config: Record<string, string>
  returnUrl: string | null
  createdAt: number
  expiresAt: number
}

/** A letter with a link: to whom, with the middle left out, and when. */
export interface SentLetter {
  to: string
  at: number
}

export interface NewConnectLink extends Omit<ConnectLink, 'id' | 'createdAt' | 'expiresAt'> {
  /** Milliseconds from now. */
  lifetime: number
  createdBy: string
}

/** Longer than all requests of one connection together. A process that dies leaves the link to the next attempt. */
const BUSY_FOR = 3 * 60_000
/** Until then an old link can still say that it has expired. */
const REMEMBERED_FOR = 30 * 24 * 60 * 60_000
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * The links that programs have had made. Whoever has the signed address of one may use it; what it may be used for is
 * decided here: one provider, one owner, one account.
 */
export class ConnectLinks {
  constructor(private readonly deps: { driver: StoreDriver; clock: Pick<Clock, 'now'> }) {}

  /** Makes a link, and forgets those of the organization that expired long ago. */
  async create(input: NewConnectLink): Promise<ConnectLink> {
    const { organizationId, provider, owner, connectionId, config, returnUrl, createdBy, lifetime } = input
    const at = this.deps.clock.now()
    const [id, expiresAt] = [uuid(at), at + lifetime]
    const account = [id, organizationId, provider, owner, connectionId]
    await this.deps.driver.transaction(function* () {
      yield* run(sql.FORGET, [organizationId, at - REMEMBERED_FOR])
      yield* run(sql.INSERT, [...account, JSON.stringify(config), returnUrl, createdBy, at, expiresAt])
    })
    const place = { id, organizationId, provider, owner, connectionId }
    return { ...place, config, returnUrl, createdAt: at, expiresAt }
  }

  /** The link, expired or not; null where there is none. */
  async find(id: string): Promise<ConnectLink | null> {
    if (!UUID.test(id)) return null
    const [row] = await this.deps.driver.read(sql.READ, [id])
    return row ? toLink(row) : null
  }

  /**
   * Takes the link for one attempt and tells how it is now; null where another attempt has it, or where it is gone. Two
   * people who come back at the same time must not both connect their account. `settle` gives it back.
   */
  claim(id: string): Promise<ConnectLink | null> {
    return this.deps.driver.transaction(function* () {
      const at = yield* now()
      const [row] = yield* all(sql.CLAIM, [at + BUSY_FOR, id, at])
      return row ? toLink(row) : null
    })
  }

  /** Ends an attempt. The account that came by it is from now on the only one; null where none came. */
  async settle(id: string, connectionId: string | null): Promise<void> {
    await this.deps.driver.transaction(() => run(sql.SETTLE, [connectionId, id]))
  }

  /** The last letter about an account after an instant. */
  async lastLetter(connectionId: string, since: number): Promise<SentLetter | null> {
    const [row] = await this.deps.driver.read(sql.LAST_LETTER, [connectionId, since])
    return row ? toLetter(row) : null
  }

  /**
   * Notes that a link is about to be sent, unless a letter about its account went out after `since`: that one is returned
   * then. Of several that are to be sent at once one is noted.
   */
  noteLetter(
    id: string,
    connectionId: string,
    { to, at }: SentLetter,
    since: number
  ): Promise<SentLetter | null> {
    return this.deps.driver.transaction(function* (): Work<SentLetter | null> {
      yield* run(sql.LOCK_LETTERS, [connectionId])
      const [earlier] = yield* all(sql.LAST_LETTER, [connectionId, since])
      if (earlier) return toLetter(earlier)
      yield* run(sql.NOTE_LETTER, [at, to, id])
      return null
    })
  }

  /** For a letter that did not leave. */
  async forgetLetter(id: string): Promise<void> {
    await this.deps.driver.transaction(() => run(sql.FORGET_LETTER, [id]))
  }

  /** For the end of the process. */
  close(): Promise<void> {
    return this.deps.driver.close()
  }
}

function toLetter(row: Row): SentLetter {
  return { to: row.sent_to as string, at: Number(row.sent_at) }
}

function toLink(row: Row): ConnectLink {
  const { config } = row
  return {
    id: row.id as string,
    organizationId: row.organization_id as string,
    provider: row.provider as string,
    owner: row.owner as string,
    connectionId: row.connection_id as string | null,
    config: typeof config === 'string' ? JSON.parse(config) : (config as Record<string, string>),
    returnUrl: row.return_url as string | null,
    createdAt: Number(row.created_at),
    expiresAt: Number(row.expires_at),
  }
}
