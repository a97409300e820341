import type { DeliveryMessages } from '#notifications/delivery_message'
import type { ClaimedDelivery } from '#notifications/delivery_types'
import type { DeliveryQueue } from '#notifications/delivery_queue'
import type { FoundReceiver, Receivers } from '#notifications/receivers'
import type { Channel, Message, Receipt, Receiver } from '#notifications/types'
import type { Clock } from '#oauth/types'

/** A channel of each kind. */
export type Channels = { [K in Receiver['kind']]: Channel<K> }

/** What came of a claim: an attempt, no need for one, or the loss of the claim. */
export type Sending =
  | { type: 'attempted'; receipt: Receipt; duration: number; endpoint: string | null }
  | { type: 'void'; code: string }
  | { type: 'lost' }

interface SenderDependencies {
  queue: Pick<DeliveryQueue, 'freeze'>
  receivers: Pick<Receivers, 'find'>
  messages: Pick<DeliveryMessages, 'build'>
  channels: Channels
  clock: Pick<Clock, 'monotonic'>
  /** Hears of a channel that threw, which is a bug of ours. */
  onBug: (error: unknown, delivery: ClaimedDelivery) => void
}

/** Sends one claimed message once: finds its receiver, keeps its words for every later attempt, hands it to its channel. */
export class DeliverySender {
  constructor(private readonly deps: SenderDependencies) {}

  async send(delivery: ClaimedDelivery): Promise<Sending> {
    const found = await this.deps.receivers.find(delivery)
    if (!found.ok) return unsent(found.code)
    const message = delivery.message ?? (await this.#freeze(delivery, found))
    if (message === null) return { type: 'void', code: 'nothing_to_tell' }
    if (message === 'lost') return { type: 'lost' }
    const startedAt = this.deps.clock.monotonic()
    const receipt = await this.#deliver(message, found.receiver, delivery)
    if (receipt.type === 'refused' && receipt.code === NOT_CONFIGURED) return unsent(NOT_CONFIGURED)
    const duration = this.deps.clock.monotonic() - startedAt
    return { type: 'attempted', receipt, duration, endpoint: endpointOf(found.receiver) }
  }

  async #freeze(
    delivery: ClaimedDelivery,
    { reader }: Extract<FoundReceiver, { ok: true }>
  ): Promise<Message | null | 'lost'> {
    const message = await this.deps.messages.build(delivery, reader)
    if (message === null) return null
    return (await this.deps.queue.freeze(delivery, message)) ? message : 'lost'
  }

  async #deliver(message: Message, receiver: Receiver, delivery: ClaimedDelivery): Promise<Receipt> {
    try {
      const channel = this.deps.channels[receiver.kind] as Channel
      return await channel.send(message, receiver as never)
    } catch (error) {
      // It counts as an attempt, else a message that breaks its channel would come back for ever.
      this.deps.onBug(error, delivery)
      return { type: 'later', retryAfter: null, status: null, code: 'internal_error', answer: null }
    }
  }
}

/** Who runs this installation without a way to send these wants none, and no dead letters either. */
const NOT_CONFIGURED = 'not_configured'

/** The address that a push went to. */
function endpointOf(receiver: Receiver): string | null {
  return receiver.kind === 'push' ? receiver.endpoint : null
}

function unsent(code: Extract<FoundReceiver, { ok: false }>['code'] | typeof NOT_CONFIGURED): Sending {
  if (code !== 'unreadable') return { type: 'void', code }
  const receipt: Receipt = { type: 'later', retryAfter: null, status: null, code, answer: null }
  return { type: 'attempted', receipt, duration: 0, endpoint: null }
}
