import type { ClaimedDelivery, DeliveryChannel } from '#notifications/delivery_types'
import type { Message } from '#notifications/types'
import type { Row } from '#store/driver'

/** A row of `deliveries` that was just claimed. */
export function toClaimed(row: Row, receiver: string): ClaimedDelivery {
  return {
    id: row.id as string,
    organizationId: row.organization_id as string,
    channel: row.channel as DeliveryChannel,
    target: row.target as string,
    channelId: row.channel_id as string | null,
    userId: row.user_id as string | null,
    isDigest: Boolean(row.is_digest),
    isTest: Boolean(row.is_test),
    attempts: Number(row.attempts),
    message: toMessage(row.message),
    claimId: row.claim_id as string,
    receiver,
  }
}

/** A frozen message, as either database keeps it. */
export function toMessage(value: unknown): Message | null {
  return (typeof value === 'string' ? JSON.parse(value) : value) as Message | null
}
