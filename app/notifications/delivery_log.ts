import { toAttempt, toEntry, type DeliveryAttempt, type DeliveryEntry } from '#notifications/delivery_entry'
import * as sql from '#notifications/delivery_log_sql'
import type { DeliveryFilter, DeliveryPlace } from '#notifications/delivery_log_sql'
import { all, now, run, type StoreDriver } from '#store/driver'

/** A page of the log, newest first; the cursors are for the next call, null where there is nothing further. */
export interface DeliveryPage {
  entries: DeliveryEntry[]
  next: string | null
  previous: string | null
}

export type DeliveryDetail = DeliveryEntry & { history: DeliveryAttempt[] }

/** Why a message is not sent again: it is being sent at this moment, or its channel is disabled. */
export type RedeliverAnswer = 'waiting' | 'not_found' | 'under_way' | 'channel_disabled'

const PAGE_SIZE = 50

/** What became of the messages of one organization. Ids of others are not found. */
export class DeliveryLog {
  constructor(private readonly deps: { driver: StoreDriver }) {}

  async list(
    organizationId: string,
    filter: DeliveryFilter = {},
    { cursor = null, size = PAGE_SIZE }: { cursor?: string | null; size?: number } = {}
  ): Promise<DeliveryPage> {
    const place = decodePlace(cursor)
    const query = sql.listDeliveries(organizationId, filter, place, size + 1)
    const rows = await this.deps.driver.read(query.sql, query.values)
    const backwards = place?.direction === 'previous'
    const more = rows.length > size
    const entries = rows.slice(0, size).map(toEntry)
    if (backwards) entries.reverse()
    return {
      entries,
      next: backwards || more ? encodePlace(entries.at(-1), 'next') : null,
      previous: place && (!backwards || more) ? encodePlace(entries[0], 'previous') : null,
    }
  }

  /** One message with its attempts, oldest first. */
  async find(organizationId: string, id: string): Promise<DeliveryDetail | null> {
    const [row] = await this.deps.driver.read(sql.FIND, [organizationId, id])
    if (!row) return null
    const attempts = await this.deps.driver.read(sql.READ_ATTEMPTS, [id])
    return { ...toEntry(row), history: attempts.map(toAttempt) }
  }

  /** Dead letters, tests left out. */
  async countDead(organizationId: string): Promise<number> {
    return Number((await this.deps.driver.read(sql.COUNT_DEAD, [organizationId]))[0].count)
  }

  /** Sends a message again, or at once where it waits, under its own id. After the schedule's end it is tried once. */
  redeliver(organizationId: string, id: string): Promise<RedeliverAnswer> {
    return this.deps.driver.transaction(function* () {
      const [row] = yield* all(sql.FIND, [organizationId, id])
      if (!row) return 'not_found'
      const [channel] = yield* all(sql.READ_DISABLED, [row.channel_id as string | null])
      if (channel) return 'channel_disabled'
      const at = yield* now()
      const changed = yield* run(sql.REDELIVER, [at, at, organizationId, id, at])
      return changed === 1 ? 'waiting' : 'under_way'
    })
  }

  /** Gives a waiting message up. False where there is none, or where it is being sent at this moment. */
  cancel(organizationId: string, id: string): Promise<boolean> {
    return this.deps.driver.transaction(function* () {
      const at = yield* now()
      return (yield* run(sql.CANCEL, [at, organizationId, id, at])) === 1
    })
  }
}

/** The opaque text that stands in the URL. */
function encodePlace(entry: DeliveryEntry | undefined, direction: DeliveryPlace['direction']): string | null {
  if (!entry) return null
  return Buffer.from(`${direction === 'next' ? 'n' : 'p'}.${entry.createdAt}.${entry.id}`).toString(
    'base64url'
  )
}

/** Null for anything that `encodePlace` did not write, which then means the first page. */
function decodePlace(text: string | null): DeliveryPlace | null {
  if (text === null || text.length > 200) return null
  const found = /^([np])\.(\d{1,15})\.([0-9a-f-]{36})$/.exec(Buffer.from(text, 'base64url').toString())
  if (!found) return null
  return { direction: found[1] === 'n' ? 'next' : 'previous', createdAt: Number(found[2]), id: found[3] }
}
