import { uuid } from '#models/uuid'
import type { Clock } from '#oauth/types'
import { deviceName } from '#notifications/push_device'
import { vapidTrouble, type VapidIdentity, type VapidTrouble } from '#notifications/push_identity'
import { LIST_PEOPLE, READ_PERSON } from '#notifications/push_sql'
import { checkSubscription } from '#notifications/push_subscription'
import type { PushDevice, PushSubscriptions } from '#notifications/push_subscriptions'
import { LOCALES, type Channel, type Locale, type Message, type Receipt } from '#notifications/types'
import type { StoreDriver } from '#store/driver'

export interface PushDevicesOptions {
  driver: StoreDriver
  clock: Clock
  subscriptions: PushSubscriptions
  channel: Channel<'push'>
  vapid: VapidIdentity
  settings: { allowPrivate: boolean }
}

/** Somebody in the organization that a message speaks of. */
export interface Member {
  organizationId: string
  userId: string
}

/** How a test went on one device. */
export interface DeviceTest {
  id: string
  device: string
  receipt: Receipt
}

export type Enabled = { ok: true; id: string; device: string } | { ok: false; code: string; message: string }

const STAFF = ['admin', 'operator', 'viewer']

/**
 * What people do with their own browsers: enable, test, and learn why it does not work. A test goes out at once and past
 * the queue, because somebody is looking at the screen where it should appear.
 */
export class PushDevices {
  readonly #options: PushDevicesOptions

  constructor(options: PushDevicesOptions) {
    this.#options = options
  }

  /** What browsers subscribe with; null where our keys cannot be used, as `trouble` tells. */
  get publicKey(): string | null {
    return this.trouble === null ? this.#options.vapid.publicKey : null
  }

  get trouble(): VapidTrouble | null {
    return vapidTrouble(this.#options.vapid)
  }

  /** Adds the browser that speaks to us to a person's devices, after a check of what it tells. */
  async enable(
    userId: string,
    told: Readonly<Record<'endpoint' | 'p256dh' | 'auth' | 'replaces', string>>,
    userAgent: string
  ): Promise<Enabled> {
    const { subscriptions, settings } = this.#options
    const checked = checkSubscription(told, settings)
    if (!checked.ok) return checked
    const device = deviceName(userAgent)
    const replaces = told.replaces === '' ? undefined : told.replaces
    const added = await subscriptions.subscribe({ userId, device, replaces, ...checked.subscription })
    if (added.ok) return { ok: true, id: added.id, device }
    return {
      ok: false,
      code: 'many_devices',
      message: 'You have many devices here already. Remove those that you no longer use.',
    }
  }

  /**
   * Sends a test to one device of a person, or to all, and tells what each push service answered. A device that is gone
   * is forgotten. Empty where the person has no such device or is no member.
   */
  async test(member: Member, id?: string): Promise<DeviceTest[]> {
    const devices = await this.#options.subscriptions.list(member.userId)
    const message = await this.#message(member)
    if (!message) return []
    const meant = devices.filter((device) => id === undefined || device.id === id)
    return Promise.all(meant.map((device) => this.#send(message, device)))
  }

  /** The members of an organization with how many devices each has. */
  async people(organizationId: string): Promise<{ userId: string; email: string; devices: number }[]> {
    const rows = await this.#options.driver.read(LIST_PEOPLE, [organizationId])
    return rows.map(({ id, email, devices }) => ({
      userId: id as string,
      email: email as string,
      devices: Number(devices),
    }))
  }

  async #send(message: Message, { id, device }: PushDevice): Promise<DeviceTest> {
    const { subscriptions, channel } = this.#options
    const receiver = await subscriptions.receiver(id)
    const gone = { type: 'gone' as const, status: null, code: 'subscription_gone', answer: null }
    if (!receiver) return { id, device, receipt: gone }
    const receipt = await channel.send(message, receiver)
    if (receipt.type === 'delivered') await subscriptions.markDelivered(id)
    if (receipt.type === 'gone') await subscriptions.removeGone(id, receiver.endpoint)
    return { id, device, receipt }
  }

  async #message({ organizationId, userId }: Member): Promise<Message | null> {
    const { driver, clock } = this.#options
    const [person] = await driver.read(READ_PERSON, [organizationId, userId])
    if (!person) return null
    return {
      id: uuid(clock.now()),
      organizationId,
      organizationName: person.name as string,
      matters: [],
      isDigest: false,
      isTest: true,
      locale: localeOf(person.locale),
      timeZone: (person.time_zone as string | null) ?? 'UTC',
      audience: STAFF.includes(person.role as string) ? 'staff' : 'person',
      createdAt: clock.now(),
    }
  }
}

function localeOf(text: unknown): Locale {
  return LOCALES.find((locale) => locale === text) ?? 'en'
}
