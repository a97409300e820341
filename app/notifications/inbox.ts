import { MatterReader } from '#notifications/matter_reader'
import { idOf, instantOf } from '#notifications/rows'
import type { Matter } from '#notifications/types'
import type { Clock } from '#oauth/types'
import { run, type Row, type StoreDriver, type Value } from '#store/driver'

/** Whose inbox, in which organization. */
export interface Reader {
  organizationId: string
  userId: string
}

/** A matter as it lies in an inbox. */
export interface InboxEntry {
  matter: Matter
  readAt: number | null
  /** When all of its accounts had recovered. */
  resolvedAt: number | null
}

/** One page; the cursors are for the URL, null where there is nothing further. */
export interface InboxPage {
  items: InboxEntry[]
  next: string | null
  previous: string | null
}

interface Place {
  direction: 'n' | 'p'
  at: number
  id: string
}

const PAGE = 30
/** A page of the inbox names accounts and lists none beyond. */
const LISTED = 20

const OWN = 'user_id = ? AND organization_id = ? AND in_inbox'
const COUNT = `SELECT count(*) AS unread FROM notifications WHERE ${OWN} AND read_at IS NULL`
const READ_ONE = `SELECT * FROM notifications WHERE ${OWN} AND id = ?`

/** Values: now, user, organization, id; a matter that was read before keeps its time. */
const MARK = `UPDATE notifications SET read_at = COALESCE(read_at, ?t) WHERE ${OWN} AND id = ?`
const MARK_ALL = `UPDATE notifications SET read_at = ?t WHERE ${OWN} AND read_at IS NULL`

/** What people were told within an organization. Each sees their own inbox and nobody else's. */
export class Inbox {
  readonly #matters: MatterReader

  constructor(
    private readonly deps: {
      driver: StoreDriver
      clock: Pick<Clock, 'now'>
      providerName?: (provider: string, organizationId: string) => string | null
    }
  ) {
    this.#matters = new MatterReader(deps)
  }

  /** Those that something happened in last come first. A cursor that is none means the first page. */
  async list(
    reader: Reader,
    { unread = false, cursor = null, size = PAGE }: { unread?: boolean; cursor?: unknown; size?: number } = {}
  ): Promise<InboxPage> {
    const place = placeOf(cursor)
    const rows = await this.#rows(reader, place, { unread, limit: size + 1 })
    const more = rows.length > size
    const shown = rows.slice(0, size)
    const backwards = place?.direction === 'p'
    if (backwards) shown.reverse()
    return {
      items: await this.#entries(shown),
      next: backwards || more ? cursorAt(shown.at(-1), 'n') : null,
      previous: place && (!backwards || more) ? cursorAt(shown[0], 'p') : null,
    }
  }

  /** How many matters the person has not read. */
  async unread({ userId, organizationId }: Reader): Promise<number> {
    const [row] = await this.deps.driver.read(COUNT, [userId, organizationId])
    return Number(row.unread)
  }

  /** Null where the person has no such matter. */
  async find({ userId, organizationId }: Reader, matterId: string): Promise<InboxEntry | null> {
    const id = idOf(matterId)
    if (id === null) return null
    const [row] = await this.deps.driver.read(READ_ONE, [userId, organizationId, id])
    return row ? (await this.#entries([row]))[0] : null
  }

  /** False where the person has no such matter. */
  async markRead({ userId, organizationId }: Reader, matterId: string): Promise<boolean> {
    const id = idOf(matterId)
    if (id === null) return false
    const { driver, clock } = this.deps
    const values = [clock.now(), userId, organizationId, id]
    return (await driver.transaction(() => run(MARK, values))) > 0
  }

  /** Returns how many were unread. */
  markAllRead({ userId, organizationId }: Reader): Promise<number> {
    const { driver, clock } = this.deps
    return driver.transaction(() => run(MARK_ALL, [clock.now(), userId, organizationId]))
  }

  #rows(
    { userId, organizationId }: Reader,
    place: Place | null,
    { unread, limit }: { unread: boolean; limit: number }
  ): Promise<Row[]> {
    const backwards = place?.direction === 'p'
    const [operator, order] = backwards ? ['>', 'ASC'] : ['<', 'DESC']
    const values: Value[] = [userId, organizationId, ...(place ? [place.at, place.id] : []), limit]
    return this.deps.driver.read(
      `SELECT * FROM notifications WHERE ${OWN} ${unread ? 'AND read_at IS NULL' : ''}
         ${place ? `AND (updated_at, id) ${operator} (?t, ?)` : ''}
       ORDER BY updated_at ${order}, id ${order} LIMIT ?`,
      values
    )
  }

  async #entries(rows: readonly Row[]): Promise<InboxEntry[]> {
    const byId = new Map(rows.map((row) => [row.id as string, row]))
    const matters = await this.#matters.matters([...byId.keys()], { listed: LISTED })
    return matters.map((matter) => {
      const row = byId.get(matter.id)
      return { matter, readAt: instantOf(row?.read_at), resolvedAt: instantOf(row?.resolved_at) }
    })
  }
}

function cursorAt(row: Row | undefined, direction: Place['direction']): string | null {
  if (!row) return null
  return Buffer.from(`${direction}.${Number(row.updated_at)}.${row.id as string}`).toString('base64url')
}

function placeOf(cursor: unknown): Place | null {
  if (typeof cursor !== 'string' || cursor.length > 200) return null
  const found = /^([np])\.(\d{1,15})\.([0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString())
  const id = idOf(found?.[3])
  return found && id ? { direction: found[1] as Place['direction'], at: Number(found[2]), id } : null
}
