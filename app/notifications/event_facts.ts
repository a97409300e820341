import { documentOf, idOf } from '#notifications/rows'
import { EVENT_NAMES, SEVERITIES, type EventName, type Severity } from '#notifications/types'
import type { Row } from '#store/driver'

/** An event of the outbox, as far as it decides who hears of it and what it belongs to. */
export interface EventFacts {
  id: string
  name: string
  severity: Severity
  provider: string | null
  connectionId: string | null
  /** The campaign whose leaders it concerns, where the event names one. */
  campaignId: string | null
  tags: readonly string[]
  /** People chose to hear nothing of this account. What ends an earlier trouble still ends it. */
  isMuted: boolean
  /** A stable word for the reason; null where there is none. */
  cause: string | null
  data: Readonly<Record<string, unknown>>
  at: number
}

/** An event that tells people something; others only end what was told before. */
export type ToldEvent = EventFacts & { name: EventName }

const names: ReadonlySet<string> = new Set(EVENT_NAMES)
const WORD = 64

/** Whether people can hear of it. */
export function isTold(event: EventFacts): event is ToldEvent {
  return names.has(event.name)
}

/** Reads a row of `events`, joined with its connection's tags and mute. Throws for a row that no engine of ours has written. */
export function toEventFacts(row: Row): EventFacts {
  const data = documentOf<unknown>(row.data, {})
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new TypeError('data is no object')
  if (!SEVERITIES.includes(row.severity as Severity)) throw new TypeError('unknown severity')
  const values = data as Record<string, unknown>
  return {
    id: row.id as string,
    name: row.name as string,
    severity: row.severity as Severity,
    provider: row.provider as string | null,
    connectionId: row.connection_id as string | null,
    campaignId: idOf(values.campaign_id),
    tags: documentOf<unknown[]>(row.tags, []).filter((tag) => typeof tag === 'string'),
    isMuted: Boolean(row.alerts_muted),
    cause: word(values.cause) ?? word(values.reason) ?? word(values.rule) ?? word(values.job),
    data: values,
    at: Number(row.created_at),
  }
}

/**
 * Events with the same key are one matter: one kind, one provider, one cause, and where a message could not speak of
 * both at once, one subject: days left, attempts made, an alert's subject, a run's job, a session, a channel.
 */
export function matterKey({ name, provider, cause, data }: Omit<EventFacts, 'id' | 'at'>): string {
  const { days, attempts, subject, session_id: session, channelId: channel } = data
  const parts = [name, provider, cause, ...[days, attempts, subject, session, channel].filter(isPlain)]
  return parts
    .map((part) => part ?? '')
    .join('|')
    .slice(0, 255)
}

function word(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, WORD) : null
}

function isPlain(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}
