import { toMessage } from '#notifications/delivery_row'
import type { DeliveryChannel, DeliveryState } from '#notifications/delivery_types'
import type { EventName, Message, Severity } from '#notifications/types'
import type { Row } from '#store/driver'

/** The first matter of a message, in short. */
export interface DeliverySubject {
  event: EventName
  provider: string | null
  cause: string | null
  severity: Severity
  count: number
}

/** A message in the log. Instants are milliseconds since the epoch. */
export interface DeliveryEntry {
  id: string
  createdAt: number
  channel: DeliveryChannel
  channelId: string | null
  userId: string | null
  /** The channel's name, or the person's; null where neither is left. */
  receiver: string | null
  /** A host or an address; null for browsers. */
  target: string | null
  state: DeliveryState
  isDigest: boolean
  isTest: boolean
  attempts: number
  /** Its next attempt; null where there is none. */
  dueAt: number | null
  /** An attempt is under way until this moment at the latest. */
  leaseUntil: number | null
  deliveredAt: number | null
  lastStatus: number | null
  lastCode: string | null
  /** Null for tests. */
  subject: DeliverySubject | null
  /** How many matters it tells of. */
  matters: number
  /** What its attempts say; null before the first. */
  message: Message | null
}

/** An attempt as it ended. */
export interface DeliveryAttempt {
  id: string
  at: number
  durationMs: number
  status: number | null
  code: string | null
  /** The beginning of the receiver's answer: text from outside. */
  answer: string | null
}

export function toEntry(row: Row): DeliveryEntry {
  const receiver = (row.channel_name ?? row.full_name ?? row.email) as string | null
  const target = (row.channel_target ?? (row.channel === 'email' ? row.email : null)) as string | null
  return {
    id: row.id as string,
    createdAt: Number(row.created_at),
    channel: row.channel as DeliveryChannel,
    channelId: row.channel_id as string | null,
    userId: row.user_id as string | null,
    ...{ receiver, target },
    state: row.state as DeliveryState,
    isDigest: Boolean(row.is_digest),
    isTest: Boolean(row.is_test),
    attempts: Number(row.attempts),
    dueAt: instant(row.due_at),
    leaseUntil: instant(row.lease_until),
    deliveredAt: instant(row.delivered_at),
    lastStatus: row.last_status as number | null,
    lastCode: row.last_code as string | null,
    subject: subjectOf(row),
    matters: Number(row.matters),
    message: toMessage(row.message),
  }
}

export function toAttempt(row: Row): DeliveryAttempt {
  return {
    id: row.id as string,
    at: Number(row.created_at),
    durationMs: Number(row.duration_ms),
    status: row.status as number | null,
    code: row.code as string | null,
    answer: row.answer as string | null,
  }
}

function subjectOf(row: Row): DeliverySubject | null {
  if (row.event === null) return null
  const { event, provider, cause, severity } = row as unknown as DeliverySubject
  return { event, provider, cause, severity, count: Number(row.count) }
}

const instant = (value: unknown) => (value === null ? null : Number(value))
