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

type Delivery = Pick<ClaimedDelivery, 'id' | 'organizationId' | 'channel' | 'isDigest' | 'isTest'>

/** Puts together what a message says, from the matters that it is about. */
export class DeliveryMessages {
  constructor(private readonly deps: { driver: StoreDriver; matters: Matters; clock: Pick<Clock, 'now'> }) {}

  /** Null where there is nothing left to tell of. */
  async build(delivery: Delivery, reader: Reader): Promise<Message | null> {
    const { id, organizationId, isDigest, isTest } = delivery
    const matters = isTest ? [] : await this.#matters(delivery)
    if (matters.length === 0 && !isTest) return null
    return { id, organizationId, ...reader, matters, isDigest, isTest, createdAt: this.deps.clock.now() }
  }

  async #matters({ id, channel }: Delivery): Promise<Matter[]> {
    const rows = await this.deps.driver.read(sql.READ_ITEMS, [id])
    const ids = rows.map((row) => row.notification_id as string)
    return this.deps.matters.matters(ids, channel === 'webhook' ? {} : { listed: IDS_FOR_PEOPLE })
  }
}
