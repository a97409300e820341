import type { DeliveryAttempt, DeliveryEntry } from '#notifications/delivery_entry'
import { DELIVERY_STATES } from '#notifications/delivery_types'
import { CHANNEL_KINDS, EVENT_NAMES, SEVERITIES } from '#notifications/types'
import {
  about,
  count,
  listOf,
  oneOf,
  orNull,
  schemaOf,
  time,
  truth,
  uuid,
  withFields,
  words,
} from '#transformers/api_schema'

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())

/** A message to a receiver as the API tells it. `event` is that of its first matter; null for tests. */
export function apiDelivery(entry: DeliveryEntry) {
  const { id, channelId, channel, state, isTest, isDigest, attempts, matters, subject } = entry
  return {
    ...{ id, channel_id: channelId, kind: channel, state, is_test: isTest, is_digest: isDigest, matters },
    event: subject?.event ?? null,
    severity: subject?.severity ?? null,
    provider: subject?.provider ?? null,
    cause: subject?.cause ?? null,
    count: subject?.count ?? null,
    attempts,
    last_status: entry.lastStatus,
    last_code: entry.lastCode,
    created_at: iso(entry.createdAt),
    next_attempt_at: iso(entry.dueAt),
    delivered_at: iso(entry.deliveredAt),
  }
}

/** One attempt. `answer` is the beginning of what the receiver said: text from outside. */
export function apiDeliveryAttempt({ id, at, durationMs, status, code, answer }: DeliveryAttempt) {
  return { id, at: iso(at), duration_ms: durationMs, status, code, answer }
}

export const deliverySchema = schemaOf<ReturnType<typeof apiDelivery>>({
  id: uuid,
  channel_id: uuid,
  kind: oneOf(CHANNEL_KINDS),
  state: oneOf(DELIVERY_STATES),
  is_test: truth,
  is_digest: truth,
  matters: about('How many matters it tells of.', count),
  event: about('That of its first matter; null for tests.', orNull(oneOf(EVENT_NAMES))),
  severity: orNull(oneOf(SEVERITIES)),
  provider: orNull(words),
  cause: orNull(words),
  count: about('How many accounts its first matter is about.', orNull(count)),
  attempts: count,
  last_status: about('The HTTP status of the last answer.', orNull(count)),
  last_code: about('What went wrong, as a stable word.', orNull(words)),
  created_at: time,
  next_attempt_at: orNull(time),
  delivered_at: orNull(time),
})

const attempt = schemaOf<ReturnType<typeof apiDeliveryAttempt>>({
  id: uuid,
  at: time,
  duration_ms: count,
  status: orNull(count),
  code: orNull(words),
  answer: about('The beginning of what the receiver said: text from outside.', orNull(words)),
})

export const deliveryDetailSchema = withFields(deliverySchema, { history: listOf(attempt) })
