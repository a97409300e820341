import { uuid } from '#models/uuid'
import type { Clock } from '#oauth/types'
import * as sql from '#notifications/push_sql'
import type { PushSubscription } from '#notifications/push_subscription'
import type { Receiver } from '#notifications/types'
import { all, run, type Row, type StoreDriver, type Work } from '#store/driver'

/** A browser that shows notifications, as its owner sees it. Instants are milliseconds since the epoch. */
export interface PushDevice {
  id: string
  /** Browser and system in words. */
  device: string
  endpoint: string
  createdAt: number
  lastDeliveredAt: number | null
}

export interface NewPushDevice extends PushSubscription {
  userId: string
  device: string
  /** The endpoint that this browser had before, where its push service has given it another one. */
  replaces?: string
}

/** A person has a handful of browsers; more than this is somebody who fills the table. */
const MOST_DEVICES = 20

/** The browsers that people have enabled. Subscriptions are checked before they come here. */
export class PushSubscriptions {
  readonly #driver: StoreDriver
  readonly #clock: Clock

  constructor({ driver, clock }: { driver: StoreDriver; clock: Clock }) {
    this.#driver = driver
    this.#clock = clock
  }

  /**
   * Adds a browser to a person's devices and tells its id. The same browser again keeps its id; one that another person
   * had enabled becomes this person's. A person may have `MOST_DEVICES`.
   */
  subscribe(wanted: NewPushDevice): Promise<{ ok: true; id: string } | { ok: false; reason: 'too_many' }> {
    const id = uuid(this.#clock.now())
    return this.#driver.transaction(() => subscribe(wanted, id, this.#clock.now()))
  }

  /** A person's devices, oldest first. */
  async list(userId: string): Promise<PushDevice[]> {
    return (await this.#driver.read(sql.LIST, [userId])).map(toDevice)
  }

  /** Forgets one of this person's devices; false where there is none with this id. */
  async remove(userId: string, id: string): Promise<boolean> {
    return (await this.#driver.transaction(() => run(sql.REMOVE, [id, userId]))) === 1
  }

  /** Where messages for a device go; null when it is no longer there. */
  async receiver(id: string): Promise<Extract<Receiver, { kind: 'push' }> | null> {
    const [row] = await this.#driver.read(sql.READ, [id])
    if (!row) return null
    const { endpoint, p256dh, auth } = row as Record<string, string>
    return { kind: 'push', subscriptionId: id, endpoint, p256dh, auth }
  }

  /** Remembers that the push service has just taken a message for this device. */
  async markDelivered(id: string): Promise<void> {
    await this.#driver.transaction(() => run(sql.MARK_DELIVERED, [this.#clock.now(), id]))
  }

  /** Forgets a device whose push service says that this endpoint is gone. */
  async removeGone(id: string, endpoint: string): Promise<void> {
    await this.#driver.transaction(() => run(sql.REMOVE_GONE, [id, endpoint]))
  }
}

function* subscribe(wanted: NewPushDevice, id: string, now: number): Work<Subscribed> {
  const { userId, endpoint, p256dh, auth, device, replaces } = wanted
  if (replaces !== undefined && replaces !== endpoint) {
    const moved = yield* replace(wanted, replaces)
    if (moved) return { ok: true, id: moved }
  }
  const [others] = yield* all(sql.COUNT_OTHERS, [userId, endpoint])
  if (Number(others.devices) >= MOST_DEVICES) return { ok: false, reason: 'too_many' }
  const [row] = yield* all(sql.SUBSCRIBE, [id, userId, endpoint, p256dh, auth, device, now])
  return { ok: true, id: row.id as string }
}

type Subscribed = { ok: true; id: string } | { ok: false; reason: 'too_many' }

function* replace(wanted: NewPushDevice, former: string): Work<string | null> {
  const { userId, endpoint, p256dh, auth, device } = wanted
  const own = yield* all(sql.LIST, [userId])
  if (!own.some((row) => row.endpoint === former)) return null
  yield* run(sql.REMOVE_ENDPOINT, [endpoint])
  const [row] = yield* all(sql.REPLACE, [endpoint, p256dh, auth, device, userId, former])
  return row ? (row.id as string) : null
}

function toDevice(row: Row): PushDevice {
  return {
    id: row.id as string,
    device: row.device as string,
    endpoint: row.endpoint as string,
    createdAt: row.created_at as number,
    lastDeliveredAt: row.last_delivered_at as number | null,
  }
}
