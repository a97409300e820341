import type { DeliveryAttempt, DeliveryEntry } from '#notifications/delivery_entry'

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
