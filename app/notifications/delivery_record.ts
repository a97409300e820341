import { uuid } from '#models/uuid'
import type { Outcome } from '#notifications/delivery_outcome'
import * as sql from '#notifications/delivery_sql'
import type { ClaimedDelivery } from '#notifications/delivery_types'
import type { Receipt } from '#notifications/types'
import { all, now, run, type Row, type StoreDriver, type Work } from '#store/driver'

/** An attempt that is over. */
export interface Attempt {
  receipt: Receipt
  outcome: Outcome
  /** In milliseconds. */
  duration: number
  /** Where a push went to. */
  endpoint: string | null
}

const DAY = 24 * 60 * 60_000

/**
 * Enters how attempts ended, each in one transaction with all that follows for its receiver: a push subscription that is
 * gone is removed, a channel that is gone or has failed for days is disabled, what else waits for it is cancelled, and
 * operators hear of it through the outbox.
 */
export class DeliveryRecord {
  constructor(
    private readonly driver: StoreDriver,
    /** A channel that has failed for this long without a break is disabled, in milliseconds. */
    private readonly disableAfter: number
  ) {}

  /** False where the lease had ended: then only the attempt is entered, and whoever holds the claim decides. */
  enter(delivery: ClaimedDelivery, attempt: Attempt): Promise<boolean> {
    return this.driver.transaction(() => this.#enter(delivery, attempt))
  }

  /** Ends a message that has no receiver or nothing to say, without an attempt. */
  cancel({ id, claimId }: ClaimedDelivery, code: string): Promise<boolean> {
    return this.driver.transaction(function* () {
      const at = yield* now()
      return (yield* run(sql.FINISH, ['cancelled', null, null, code, null, at, id, claimId])) === 1
    })
  }

  *#enter(delivery: ClaimedDelivery, { receipt, outcome, duration, endpoint }: Attempt): Work<boolean> {
    const at = yield* now()
    const { status, code, answer } = receipt
    yield* run(sql.INSERT_ATTEMPT, [uuid(at), at, Math.round(duration), status, code, answer, delivery.id])
    const due = outcome.type === 'again' ? at + outcome.wait : null
    const state = outcome.type === 'again' ? 'waiting' : outcome.type
    const deliveredAt = outcome.type === 'delivered' ? at : null
    const values = [state, due, status, code, deliveredAt, at, delivery.id, delivery.claimId]
    if ((yield* run(sql.FINISH, values)) === 0) return false
    if (delivery.channelId !== null) yield* this.#judgeChannel(delivery, delivery.channelId, receipt, at)
    else if (delivery.channel === 'push') yield* judgeSubscription(delivery, outcome, endpoint, at)
    if ('alarm' in receipt && receipt.alarm) yield* alarm(delivery, receipt, at)
    return true
  }

  *#judgeChannel(delivery: ClaimedDelivery, id: string, receipt: Receipt, at: number): Work<void> {
    if (receipt.type === 'delivered') return void (yield* run(sql.CHANNEL_DELIVERED, [at, id]))
    // Whoever tries a channel out sees what comes of it; only real messages count.
    if (delivery.isTest && receipt.type !== 'gone') return
    const [channel] = yield* all(sql.CHANNEL_FAILED, [at, id])
    if (!channel) return
    const isOver = at - Number(channel.failing_since) >= this.disableAfter
    if (receipt.type === 'gone') yield* disable(delivery, { id, channel, reason: 'gone', receipt, at })
    else if (isOver) yield* disable(delivery, { id, channel, reason: 'failing', receipt, at })
  }
}

interface Disabling {
  id: string
  channel: Row
  reason: 'gone' | 'failing'
  receipt: Receipt
  at: number
}

function* disable(delivery: ClaimedDelivery, { id, channel, reason, receipt, at }: Disabling): Work<void> {
  yield* run(sql.DISABLE_CHANNEL, [at, reason, at, id])
  yield* run(sql.CANCEL_OTHERS, ['channel_disabled', at, delivery.target, delivery.id])
  const { status, code } = receipt
  const { name, kind, target } = channel
  const data = { cause: reason, channelId: id, name, kind, target, status, code }
  yield* tellOperators(delivery, data, `channel.disabled:${id}:${at}`, at)
}

function* judgeSubscription(
  { id, target }: ClaimedDelivery,
  outcome: Outcome,
  endpoint: string | null,
  at: number
): Work<void> {
  const subscription = target.slice('push:'.length)
  if (outcome.type === 'delivered') yield* run(sql.PUSH_DELIVERED, [at, subscription])
  if (outcome.type !== 'dead' || !outcome.gone) return
  if ((yield* run(sql.REMOVE_PUSH, [subscription, endpoint])) === 0) return
  yield* run(sql.CANCEL_OTHERS, ['gone', at, target, id])
}

/** Once a day for a fault that is ours, however many messages it costs. */
function* alarm(delivery: ClaimedDelivery, { status, code }: Receipt, at: number): Work<void> {
  const { organizationId, channel, channelId } = delivery
  const data = { cause: 'alarm', channelId, kind: channel, name: null, target: null, status, code }
  const day = Math.floor(at / DAY)
  yield* tellOperators(delivery, data, `channel.disabled:${organizationId}:${channel}:${day}`, at)
}

function* tellOperators(
  { organizationId }: ClaimedDelivery,
  data: object,
  key: string,
  at: number
): Work<void> {
  const values = [uuid(at), organizationId, 'urgent', JSON.stringify(data), key, at]
  yield* run(sql.TELL_OPERATORS, values)
}
