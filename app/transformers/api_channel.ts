import type { ChannelView } from '#notifications/channel_view'
import { CHANNEL_KINDS, EVENT_NAMES, type EventName } from '#notifications/types'
import { about, listOf, oneOf, orNull, schemaOf, time, uuid, words } from '#transformers/api_schema'

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())

/**
 * A receiver as the API tells it: of a URL its host only. `events`: what its own rule sends it, an empty list for
 * everything but single connects and refreshes; null where only rules that people wrote feed it.
 */
export function apiChannel(channel: ChannelView, events: readonly EventName[] | null) {
  const { id, kind, name, target, disabledReason } = channel
  return {
    ...{ id, kind, name, target, events },
    created_at: iso(channel.createdAt),
    last_delivered_at: iso(channel.lastDeliveredAt),
    failing_since: iso(channel.failingSince),
    disabled_at: iso(channel.disabledAt),
    disabled_reason: disabledReason,
  }
}

export const channelSchema = schemaOf<ReturnType<typeof apiChannel>>({
  id: uuid,
  kind: oneOf(CHANNEL_KINDS),
  name: words,
  target: about('An address; of a URL the host only.', words),
  events: about(
    'What its own rule sends it; empty: all but single connects and refreshes. Null: only rules that people wrote feed it.',
    orNull(listOf(oneOf(EVENT_NAMES)))
  ),
  created_at: time,
  last_delivered_at: orNull(time),
  failing_since: orNull(time),
  disabled_at: orNull(time),
  disabled_reason: orNull(oneOf(['gone', 'failing'])),
})
