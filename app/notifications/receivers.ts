import { openChannel, validSecrets } from '#notifications/channel_secret'
import type { ClaimedDelivery } from '#notifications/delivery_types'
import * as sql from '#notifications/receivers_sql'
import { LOCALES, type ChannelKind, type Locale, type Message, type Receiver } from '#notifications/types'
import type { Clock } from '#oauth/types'
import type { Row, StoreDriver } from '#store/driver'
import type { Vault } from '#vault/vault'

/** Who reads a message: language, zone, and how much they may see. */
export type Reader = Pick<Message, 'organizationName' | 'locale' | 'timeZone' | 'audience'>

export type FoundReceiver =
  | { ok: true; receiver: Receiver; reader: Reader }
  /** `gone`: there is nobody to tell any more. `unreadable`: the key of the receiver's secret is missing. */
  | { ok: false; code: 'gone' | 'channel_disabled' | 'unreadable' }

const GONE: FoundReceiver = { ok: false, code: 'gone' }
const STAFF = ['admin', 'operator', 'viewer']

/** Finds where messages go, as it is at this moment: people leave, browsers change hands, channels are disabled. */
export class Receivers {
  constructor(private readonly deps: { driver: StoreDriver; vault: Vault; clock: Pick<Clock, 'now'> }) {}

  find(delivery: ClaimedDelivery): Promise<FoundReceiver> {
    if (delivery.channelId !== null) return this.#channel(delivery, delivery.channelId)
    return delivery.channel === 'push' ? this.#subscription(delivery) : this.#person(delivery)
  }

  async #channel({ organizationId, isTest }: ClaimedDelivery, id: string): Promise<FoundReceiver> {
    const [row] = await this.deps.driver.read(sql.READ_CHANNEL, [id, organizationId])
    if (!row) return GONE
    // A test shows whether it is worth enabling again.
    if (row.disabled_at !== null && !isTest) return { ok: false, code: 'channel_disabled' }
    const receiver = this.#channelOf(row, organizationId)
    if (!receiver) return { ok: false, code: 'unreadable' }
    const organizationName = row.organization_name as string
    return {
      ok: true,
      receiver,
      reader: { ...speechOf(row), organizationName, audience: 'staff' },
    }
  }

  #channelOf(row: Row, organizationId: string): Receiver | null {
    const kind = row.kind as ChannelKind
    const id = row.id as string
    if (kind === 'email') return { kind, address: row.target as string, name: null }
    const secret = openChannel(this.deps.vault, row.secret as string, { id, organizationId })
    if (!secret) return null
    const { url } = secret
    if (kind !== 'webhook') return { kind, channelId: id, url }
    return { kind, channelId: id, url, signingSecrets: validSecrets(secret, this.deps.clock.now()) }
  }

  async #subscription({ organizationId, userId, target }: ClaimedDelivery): Promise<FoundReceiver> {
    const values = [organizationId, userId, target.slice('push:'.length)]
    const [row] = await this.deps.driver.read(sql.READ_SUBSCRIPTION, values)
    if (!row) return GONE
    const [endpoint, p256dh, auth] = [row.endpoint, row.p256dh, row.auth] as string[]
    const subscriptionId = row.subscription_id as string
    const receiver: Receiver = { kind: 'push', subscriptionId, endpoint, p256dh, auth }
    return { ok: true, receiver, reader: readerOf(row) }
  }

  async #person({ organizationId, userId }: ClaimedDelivery): Promise<FoundReceiver> {
    const [row] = await this.deps.driver.read(sql.READ_PERSON, [organizationId, userId])
    if (!row) return GONE
    const receiver: Receiver = {
      kind: 'email',
      address: row.email as string,
      name: row.full_name as string | null,
    }
    return { ok: true, receiver, reader: readerOf(row) }
  }
}

function speechOf(row: Row): Pick<Reader, 'locale' | 'timeZone'> {
  return {
    locale: LOCALES.find((locale) => locale === row.locale) ?? ('en' satisfies Locale),
    timeZone: (row.time_zone as string | null) ?? 'UTC',
  }
}

function readerOf(row: Row): Reader {
  return {
    organizationName: row.organization_name as string,
    ...speechOf(row),
    audience: STAFF.includes(row.role as string) ? 'staff' : 'person',
  }
}
