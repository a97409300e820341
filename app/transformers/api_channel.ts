import type { ChannelView } from '#notifications/channel_view'
import type { EventName } from '#notifications/types'

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
