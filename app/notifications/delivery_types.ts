import type { ChannelKind, Message } from '#notifications/types'

export const DELIVERY_STATES = ['waiting', 'delivered', 'dead', 'cancelled'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

export type DeliveryChannel = ChannelKind | 'push'

/** A message that this process alone may send, until its lease ends. */
export interface ClaimedDelivery {
  id: string
  organizationId: string
  channel: DeliveryChannel
  target: string
  channelId: string | null
  userId: string | null
  isDigest: boolean
  isTest: boolean
  /** This one included. */
  attempts: number
  /** What earlier attempts said; null before the first. */
  message: Message | null
  claimId: string
  /** Whom it burdens: the host, or the mail server. */
  receiver: string
}
