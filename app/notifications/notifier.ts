import { DeliveryMessages, type Matters } from '#notifications/delivery_message'
import { decideOutcome } from '#notifications/delivery_outcome'
import { DeliveryQueue } from '#notifications/delivery_queue'
import { DeliveryRecord } from '#notifications/delivery_record'
import { DeliverySender, type Channels } from '#notifications/delivery_sender'
import type { ClaimedDelivery } from '#notifications/delivery_types'
import { Receivers } from '#notifications/receivers'
import type { Clock, Random } from '#oauth/types'
import type { StoreDriver } from '#store/driver'
import type { Vault } from '#vault/vault'

/** Where notifications tell operators of trouble. */
export interface NotificationLog {
  error(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface NotifierSettings {
  /** A receiver that does not answer within this time has failed. */
  timeout: number
  /** Waits between the attempts of one message. */
  backoff: readonly number[]
  /** A channel that has failed for this long without a break is disabled. */
  disableAfter: number
  concurrency: { total: number; perReceiver: number }
}

export interface NotifierDependencies {
  driver: StoreDriver
  vault: Vault
  clock: Clock
  random: Random
  /** Durations in milliseconds. */
  settings: NotifierSettings
  channels: Channels
  matters: Matters
  logger: NotificationLog
}

/**
 * Brings messages to their receivers: at least once each, and always under the same id. At most so many are on their way
 * at a time, and of these only a few to one receiver, so that a slow one holds up nobody else. Any number of processes
 * may tick.
 */
export class Notifier {
  readonly #queue: DeliveryQueue
  readonly #record: DeliveryRecord
  readonly #sender: DeliverySender
  readonly #inFlight = new Map<string, number>()
  readonly #running = new Set<Promise<void>>()
  #pump: Promise<number> | null = null
  #nudge = Promise.withResolvers<void>()
  #isStopped = false

  constructor(private readonly deps: NotifierDependencies) {
    const { driver, settings, logger } = deps
    this.#queue = new DeliveryQueue(driver, settings)
    this.#record = new DeliveryRecord(driver, settings.disableAfter)
    this.#sender = new DeliverySender({
      ...deps,
      queue: this.#queue,
      receivers: new Receivers(deps),
      messages: new DeliveryMessages(deps),
      onBug: (error, { id, channel }) =>
        logger.error({ err: error, delivery: id, channel }, 'A notification channel failed by itself'),
    })
  }

  /**
   * Sends what is due. Resolves with the number of messages taken up, once nothing is due and nothing on its way any
   * more; a call meanwhile lets the running one look again and shares its promise. Rejects where the database refuses.
   */
  tick(): Promise<number> {
    if (this.#isStopped) return Promise.resolve(0)
    this.#nudge.resolve()
    this.#pump ??= this.#run().finally(() => (this.#pump = null))
    return this.#pump
  }

  /** Takes up nothing any more and waits for what is on its way. */
  async drain(): Promise<void> {
    this.#isStopped = true
    this.#nudge.resolve()
    await this.#pump?.catch(() => {})
    await Promise.all(this.#running)
  }

  async #run(): Promise<number> {
    let taken = 0
    for (;;) {
      this.#nudge = Promise.withResolvers()
      const claimed = this.#isStopped ? [] : await this.#queue.claim(this.#inFlight)
      for (const delivery of claimed) this.#begin(delivery)
      taken += claimed.length
      if (this.#running.size === 0) return taken
      // Whoever ends makes room, and whoever nudges may have brought something new.
      await Promise.race([this.#nudge.promise, ...this.#running])
    }
  }

  #begin(delivery: ClaimedDelivery): void {
    const { receiver } = delivery
    this.#inFlight.set(receiver, (this.#inFlight.get(receiver) ?? 0) + 1)
    const work = this.#deliver(delivery)
      .catch((error) => {
        // Its lease ends, and the message is sent again.
        this.deps.logger.error({ err: error, delivery: delivery.id }, 'A delivery could not be recorded')
      })
      .finally(() => {
        this.#running.delete(work)
        const left = (this.#inFlight.get(receiver) ?? 1) - 1
        if (left > 0) this.#inFlight.set(receiver, left)
        else this.#inFlight.delete(receiver)
      })
    this.#running.add(work)
  }

  async #deliver(delivery: ClaimedDelivery): Promise<void> {
    const sending = await this.#sender.send(delivery)
    if (sending.type === 'lost') return
    if (sending.type === 'void') return void (await this.#record.cancel(delivery, sending.code))
    const { receipt, duration, endpoint } = sending
    const { random, settings, logger } = this.deps
    const outcome = decideOutcome(receipt, { ...delivery, backoff: settings.backoff, random })
    const isOurs = await this.#record.enter(delivery, { receipt, outcome, duration, endpoint })
    if (!isOurs || outcome.type !== 'dead') return
    const { id, channel } = delivery
    const { status, code } = receipt
    logger.warn(
      { delivery: id, channel, status, code },
      'A notification did not arrive and is not tried again'
    )
  }
}
