import { EVENT_NAMES, type ChannelKind, type EventName, type Matter } from '#notifications/types'
import type { Translate } from '#transformers/translate'

/** The events as the forms offer them, what needs somebody first; titles are in `alerts.events` of the catalogues. */
export const EVENT_GROUPS: readonly { key: string; events: readonly EventName[] }[] = [
  {
    key: 'accounts',
    events: [
      ...(['connection.needs_reauth', 'connection.deactivated', 'connection.suspended'] as const),
      ...(['connection.refresh_failed', 'connection.retrying', 'connection.expiring'] as const),
      ...(['connection.recovered', 'connection.connected', 'connection.refreshed'] as const),
    ],
  },
  { key: 'campaigns', events: ['campaign.session_unhealthy'] },
  {
    key: 'service',
    events: [
      ...(['provider.paused', 'provider.recovered', 'scheduler.stalled', 'run.failed'] as const),
      ...(['run.accounts_failed', 'figures.alert', 'channel.disabled'] as const),
    ],
  },
]

/** An event in the words of the forms; one that a later version wrote shows its name. */
export function eventLabel(name: string, t: Translate): string {
  return EVENT_NAMES.some((one) => one === name) ? t(`alerts.event.${name.replace('.', '_')}`) : name
}

export const KIND_ICONS: Readonly<Record<ChannelKind, string>> = {
  webhook: 'webhook',
  email: 'mail',
  slack_webhook: 'brand-slack',
  discord_webhook: 'brand-discord',
}

const LOOKS = {
  urgent: { icon: 'alert-triangle', tone: 'bad' },
  high: { icon: 'alert-circle', tone: 'warn' },
  normal: { icon: 'info-circle', tone: 'plain' },
  recovered: { icon: 'circle-check', tone: 'good' },
  connected: { icon: 'circle-check', tone: 'good' },
} as const

/** How a matter looks at a glance: good news says so, everything else its severity. */
export function matterLook({ event, severity }: Pick<Matter, 'event' | 'severity'>, t: Translate) {
  const good = (['recovered', 'connected'] as const).find((word) => event.endsWith(`.${word}`))
  const look = good ?? severity
  return { ...LOOKS[look], label: t(`inbox.look.${look}`) }
}
