import type { Role } from '#models/membership'
import { mayManageAlerts } from '#policies/notification_policy'
import type { Translate } from '#transformers/translate'

/** The pages of the alerts that a role may open; the count is that of messages that were given up. */
export function alertTabs(role: Role, deadLetters: number, t: Translate) {
  const tabs = [
    {
      key: 'rules',
      href: '/alerts',
      label: t(mayManageAlerts(role) ? 'alerts.tabs.rules' : 'alerts.tabs.my_rules'),
      count: 0,
    },
    { key: 'channels', href: '/alerts/channels', label: t('alerts.tabs.channels'), count: 0 },
    { key: 'deliveries', href: '/alerts/deliveries', label: t('alerts.tabs.deliveries'), count: deadLetters },
    { key: 'devices', href: '/alerts/devices', label: t('alerts.tabs.devices'), count: 0 },
  ]
  return mayManageAlerts(role) ? tabs : tabs.filter(({ key }) => ['rules', 'devices'].includes(key))
}
