import type { Speech } from '#notifications/speech_problems'
import { LOCALES, type ChannelKind, type Locale } from '#notifications/types'
import type { Row } from '#store/driver'

/** A channel as pages show it. Instants are milliseconds since the epoch. */
export interface ChannelView {
  id: string
  kind: ChannelKind
  name: string
  /** An address or a host, never a whole URL. */
  target: string
  /** Messages are put into words in this language, with times in this zone (null: UTC). */
  locale: Locale
  timeZone: string | null
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
    locale: LOCALES.find((locale) => locale === row.locale) ?? 'en',
    timeZone: row.time_zone as string | null,
    createdAt: Number(row.created_at),
    failingSince: instant(row.failing_since),
    lastDeliveredAt: instant(row.last_delivered_at),
    disabledAt: instant(row.disabled_at),
    disabledReason: row.disabled_reason as ChannelView['disabledReason'],
  }
}

/** What a change of a channel may exchange. `secret` is sealed. */
export interface KeptChannel extends Speech {
  name: string
  target: string
  secret: string | null
}

/** The same as the row has it now. */
export function keptOf(row: Row): KeptChannel {
  const { name, target, secret, locale, time_zone: timeZone } = row as Record<string, string | null>
  return { name: name as string, target: target as string, secret, locale, timeZone }
}

const instant = (value: unknown) => (value === null ? null : Number(value))
