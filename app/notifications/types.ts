import type { Secret } from '#oauth/secret'

/** Words of this room. Instants are milliseconds since the epoch. */

/** Every event that people or machines can hear of (SPEC §5.5, and what campaigns and figures add). */
export const EVENT_NAMES = [
  'connection.connected',
  'connection.refreshed',
  'connection.expiring',
  'connection.retrying',
  'connection.refresh_failed',
  'connection.needs_reauth',
  'connection.deactivated',
  'connection.suspended',
  'connection.recovered',
  'provider.paused',
  'provider.recovered',
  'scheduler.stalled',
  'run.failed',
  'run.accounts_failed',
  'figures.alert',
  'campaign.session_unhealthy',
  'channel.disabled',
] as const
export type EventName = (typeof EVENT_NAMES)[number]

export const SEVERITIES = ['normal', 'high', 'urgent'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Where a person can be reached. */
export const PERSONAL_CHANNELS = ['inbox', 'push', 'email'] as const
export type PersonalChannel = (typeof PERSONAL_CHANNELS)[number]

/** Receivers of an organization. */
export const CHANNEL_KINDS = ['email', 'webhook', 'slack_webhook', 'discord_webhook'] as const
export type ChannelKind = (typeof CHANNEL_KINDS)[number]

export const LOCALES = ['en', 'fr', 'ja'] as const
export type Locale = (typeof LOCALES)[number]

/** An account as a message names it. */
export interface NamedAccount {
  connectionId: string
  provider: string
  /** What people know it by: display name, user name or owner. */
  name: string
  /** False where it belongs to somebody else than the person who is told, such as a game master: they cannot reconnect it. */
  isOwn?: boolean
}

/** Events of one kind and one cause, for one recipient: what one message is about. */
export interface Matter {
  id: string
  event: EventName
  severity: Severity
  provider: string | null
  /** The provider as people know it. */
  providerName: string | null
  /** A stable word for the reason: a failure class, `deadline`, `overdue`, a code; null where there is none. */
  cause: string | null
  /** What the event itself told; from `events.data`. */
  data: Readonly<Record<string, unknown>>
  /** How many accounts, or events where no account is concerned. */
  count: number
  /** The first of them. */
  accounts: readonly NamedAccount[]
  /** All of them, at most 10,000. */
  connectionIds: readonly string[]
  firstAt: number
  lastAt: number
}

/** One message to one receiver. A digest has several matters; nothing in it changes from attempt to attempt. */
export interface Message {
  /** Stays the same for every attempt and redelivery: receivers may tell repetitions by it. */
  id: string
  organizationId: string
  organizationName: string
  matters: readonly Matter[]
  isDigest: boolean
  isTest: boolean
  /** The receiver's language and zone. */
  locale: Locale
  timeZone: string
  /** Whether the receiver may see staff's pages and words; else the link leads to the person's own page. */
  audience: 'staff' | 'person'
  createdAt: number
}

/** A message in words. */
export interface Words {
  title: string
  /** One or two plain sentences. */
  body: string
  /** The accounts, or the matters of a digest, one line each; the last says how many more there are. */
  lines: readonly string[]
  /** Absolute, to the page where one acts. */
  link: string
  /** What its button says. */
  action: string
}

/** Where a message goes. Addresses and keys are secrets: whoever knows them can write there. */
export type Receiver =
  | { kind: 'email'; address: string; name: string | null }
  | { kind: 'push'; subscriptionId: string; endpoint: string; p256dh: string; auth: string }
  | { kind: 'webhook'; channelId: string; url: Secret; signingSecrets: readonly Secret[] }
  | { kind: 'slack_webhook' | 'discord_webhook'; channelId: string; url: Secret }

interface Answered {
  status: number | null
  /** What went wrong, as a stable word. */
  code: string | null
  /** The beginning of what the receiver said, cleaned. */
  answer: string | null
}

/** How an attempt ended. */
export type Receipt =
  | ({ type: 'delivered' } & Answered)
  /** May pass; `retryAfter` in milliseconds where the receiver said when. `alarm`: it passes when an operator acts. */
  | ({ type: 'later'; retryAfter: number | null; alarm?: boolean } & Answered)
  /** This message will never be taken. `alarm`: the fault is ours, an operator must hear of it. */
  | ({ type: 'refused'; alarm: boolean } & Answered)
  /** The receiver is no more: it is removed or disabled. */
  | ({ type: 'gone' } & Answered)

/** One way to bring a message to people or machines. Sends once, never throws for what a receiver does. */
export interface Channel<K extends Receiver['kind'] = Receiver['kind']> {
  kind: K
  send(message: Message, receiver: Extract<Receiver, { kind: K }>): Promise<Receipt>
}
