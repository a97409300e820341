import type { ChannelKind } from '#notifications/types'
import type { Row } from '#store/driver'

/** A channel as pages show it. Instants are milliseconds since the epoch. */
export interface ChannelView {
  id: string
  kind: ChannelKind
  name: string
  /** An address or a host, never a whole URL. */
  target: string
  createdAt: number
  /** Since when no message has arrived. */
  failingSince: number | null
  lastDeliveredAt: number | null
  disabledAt: number | null
  /** `gone`: the receiver said that it is no more. `failing`: nothing arrived for days. */
  disabledReason: 'gone' | 'failing' | null
}

export function toChannel(row: Row): ChannelView {
  return {
    id: row.id as string,
    kind: row.kind as ChannelKind,
    name: row.name as string,
    target: row.target as string,
    createdAt: Number(row.created_at),
    failingSince: instant(row.failing_since),
    lastDeliveredAt: instant(row.last_delivered_at),
    disabledAt: instant(row.disabled_at),
    disabledReason: row.disabled_reason as ChannelView['disabledReason'],
  }
}

const instant = (value: unknown) => (value === null ? null : Number(value))
