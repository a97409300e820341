import { uuid } from '#models/uuid'
import { toClaimed } from '#notifications/delivery_row'
import * as sql from '#notifications/delivery_sql'
import type { ClaimedDelivery } from '#notifications/delivery_types'
import type { Message } from '#notifications/types'
import { all, now, run, type StoreDriver, type Work } from '#store/driver'

interface QueueSettings {
  /** A receiver that does not answer within this time has failed, in milliseconds. */
  timeout: number
  concurrency: { total: number; perReceiver: number }
}

/** Beyond the timeout: for the lookups before, the record after, and a process that is slow. */
const LEASE_MARGIN = 50_000

/**
 * Hands out messages that are due, each to one process: a claim holds until its lease ends, by the database's clock. A
 * process that dies over a message leaves it to the next one, under the same id.
 */
export class DeliveryQueue {
  constructor(
    private readonly driver: StoreDriver,
    private readonly settings: QueueSettings
  ) {}

  /** Claims what is due for receivers that have room. `inFlight` counts what is on its way to each receiver. */
  async claim(inFlight: ReadonlyMap<string, number>): Promise<ClaimedDelivery[]> {
    const places = this.settings.concurrency.total - sum(inFlight.values())
    if (places <= 0) return []
    // Most ticks find nothing, and need no transaction for that.
    if ((await this.driver.read(sql.ANY_WAITING, [])).length === 0) return []
    return this.driver.transaction(() => this.#claim(inFlight, places))
  }

  *#claim(inFlight: ReadonlyMap<string, number>, places: number): Work<ClaimedDelivery[]> {
    const { dialect } = this.driver
    const at = yield* now()
    const receivers = yield* this.#find(at, inFlight, places)
    if (receivers.size === 0) return []
    const ids = [...receivers.keys()]
    const until = at + this.settings.timeout + LEASE_MARGIN
    const values = [uuid(at), until, at, ...ids, at, at]
    const rows = yield* all(sql.claim(dialect, ids.length), values)
    return rows.map((row) => toClaimed(row, receivers.get(row.id as string) ?? ''))
  }

  /** Ids of what may be claimed now, with their receivers. */
  *#find(at: number, inFlight: ReadonlyMap<string, number>, places: number): Work<Map<string, string>> {
    const { perReceiver } = this.settings.concurrency
    const busy = [...inFlight].filter(([, count]) => count >= perReceiver).map(([receiver]) => receiver)
    const query = sql.findDue(this.driver.dialect, busy.length)
    const rows = yield* all(query, [at, at, ...busy, perReceiver, places])
    const found = new Map<string, string>()
    const taken = new Map(inFlight)
    for (const row of rows) {
      const receiver = row.receiver as string
      const count = taken.get(receiver) ?? 0
      if (count >= perReceiver) continue
      taken.set(receiver, count + 1)
      found.set(row.id as string, receiver)
    }
    return found
  }

  /** Keeps what every attempt will say. False where another process holds the message by now. */
  async freeze({ id, claimId }: ClaimedDelivery, message: Message): Promise<boolean> {
    const values = [JSON.stringify(message), id, claimId]
    return (await this.driver.transaction(() => run(sql.FREEZE, values))) === 1
  }
}

function sum(counts: Iterable<number>): number {
  let total = 0
  for (const count of counts) total += count
  return total
}
