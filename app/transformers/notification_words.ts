import type { ChannelKind, EventName, Matter, PersonalChannel, Severity } from '#notifications/types'

interface EventWords {
  name: EventName
  label: string
}

/** The events as the forms offer them, what needs somebody first. */
export const EVENT_GROUPS: readonly { title: string; events: readonly EventWords[] }[] = [
  {
    title: 'Accounts',
    events: [
      { name: 'connection.needs_reauth', label: 'Needs reconnecting' },
      { name: 'connection.deactivated', label: 'Deactivated after failed refreshes' },
      { name: 'connection.suspended', label: 'Suspended by the provider' },
      { name: 'connection.refresh_failed', label: 'A refresh failed for good, or a token lapsed' },
      { name: 'connection.expiring', label: 'Access ends soon' },
      { name: 'connection.recovered', label: 'Works again' },
      { name: 'connection.connected', label: 'Connected or reconnected' },
      { name: 'connection.refreshed', label: 'Refreshed (goes to webhooks only)' },
    ],
  },
  {
    title: 'Campaigns',
    events: [{ name: 'campaign.session_unhealthy', label: 'A member of a running session is in trouble' }],
  },
  {
    title: 'Providers and the service',
    events: [
      { name: 'provider.paused', label: 'A provider is paused' },
      { name: 'provider.recovered', label: 'A provider works again' },
      { name: 'scheduler.stalled', label: 'The scheduler stands still' },
      { name: 'run.failed', label: 'A run failed' },
      { name: 'figures.alert', label: 'A figure left its limits' },
      { name: 'channel.disabled', label: 'A channel was disabled' },
    ],
  },
]

const EVENT_LABELS = new Map<string, string>(
  EVENT_GROUPS.flatMap(({ events }) => events.map(({ name, label }) => [name, label]))
)

/** An event in the words of the forms; one that a later version wrote shows its name. */
export const eventLabel = (name: string): string => EVENT_LABELS.get(name) ?? name

export const SEVERITY_WORDS: Readonly<Record<Severity, { label: string; atLeast: string }>> = {
  normal: { label: 'Normal', atLeast: 'Everything' },
  high: { label: 'High', atLeast: 'High and urgent' },
  urgent: { label: 'Urgent', atLeast: 'Urgent only' },
}

export const PERSONAL_WORDS: Readonly<Record<PersonalChannel, string>> = {
  inbox: 'Inbox',
  push: 'Push on my devices',
  email: 'E-mail',
}

export const DIGEST_WORDS = {
  none: 'Each at once',
  hourly: 'Collected, once an hour',
  daily: 'Collected, once a day at 08:00',
} as const

export const KIND_WORDS: Readonly<Record<ChannelKind, { label: string; icon: string }>> = {
  webhook: { label: 'Webhook', icon: 'webhook' },
  email: { label: 'E-mail', icon: 'mail' },
  slack_webhook: { label: 'Slack', icon: 'brand-slack' },
  discord_webhook: { label: 'Discord', icon: 'brand-discord' },
}

const GRAVE = {
  urgent: { label: 'Urgent', icon: 'alert-triangle', tone: 'bad' },
  high: { label: 'High', icon: 'alert-circle', tone: 'warn' },
  normal: { label: 'Normal', icon: 'info-circle', tone: 'plain' },
} as const

/** How a matter looks at a glance: good news says so, everything else its severity. */
export function matterLook({ event, severity }: Pick<Matter, 'event' | 'severity'>) {
  if (event.endsWith('.recovered')) return { label: 'Recovered', icon: 'circle-check', tone: 'good' } as const
  if (event.endsWith('.connected')) return { label: 'Connected', icon: 'circle-check', tone: 'good' } as const
  return GRAVE[severity]
}
