import * as sql from '#notifications/delivery_sql'
import type { ClaimedDelivery } from '#notifications/delivery_types'
import type { Reader } from '#notifications/receivers'
import type { Matter, Message } from '#notifications/types'
import type { Clock } from '#oauth/types'
import type { StoreDriver } from '#store/driver'

/** Reads matters as messages tell of them. */
export interface Matters {
  /** `listed`: how many accounts are listed by id. */
  matters(ids: readonly string[], options?: { listed?: number }): Promise<Matter[]>
}

/** Only machines read all of them; people get the first ones and the count. */
const IDS_FOR_PEOPLE = 20

type Delivery = Pick<ClaimedDelivery, 'id' | 'organizationId' | 'channel' | 'userId' | 'isDigest' | 'isTest'>

/** Puts together what a message says, from the matters that it is about. */
export class DeliveryMessages {
  constructor(private readonly deps: { driver: StoreDriver; matters: Matters; clock: Pick<Clock, 'now'> }) {}

  /** Null where there is nothing left to tell of. */
  async build(delivery: Delivery, reader: Reader): Promise<Message | null> {
    const { id, organizationId, userId, isDigest, isTest } = delivery
    const read = isTest ? [] : await this.#matters(delivery)
    if (read.length === 0 && !isTest) return null
    const isForOthers = reader.audience === 'person' && userId !== null
    const matters = isForOthers ? await this.#claimed(read, userId) : read
    return { id, organizationId, ...reader, matters, isDigest, isTest, createdAt: this.deps.clock.now() }
  }

  async #matters({ id, channel }: Delivery): Promise<Matter[]> {
    const rows = await this.deps.driver.read(sql.READ_ITEMS, [id])
    const ids = rows.map((row) => row.notification_id as string)
    return this.deps.matters.matters(ids, channel === 'webhook' ? {} : { listed: IDS_FOR_PEOPLE })
  }

  /** Tells accounts of the reader from those of others, which only their owners can connect again. */
  async #claimed(matters: readonly Matter[], userId: string): Promise<Matter[]> {
    const { driver } = this.deps
    const named = matters.flatMap(({ accounts }) => accounts.map(({ connectionId }) => connectionId))
    const rows = await driver.read(sql.ownedBy(driver.dialect), [userId, JSON.stringify(named)])
    const own = new Set(rows.map((row) => row.id))
    return matters.map((matter) => ({
      ...matter,
      accounts: matter.accounts.map((account) => ({ ...account, isOwn: own.has(account.connectionId) })),
    }))
  }
}
