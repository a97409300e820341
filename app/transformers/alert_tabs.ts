import type { Role } from '#models/membership'
import { mayManageAlerts } from '#policies/notification_policy'

/** The pages of the alerts that a role may open; the count is that of messages that were given up. */
export function alertTabs(role: Role, deadLetters: number) {
  const tabs = [
    { key: 'rules', href: '/alerts', label: mayManageAlerts(role) ? 'Rules' : 'My rules', count: 0 },
    { key: 'channels', href: '/alerts/channels', label: 'Channels', count: 0 },
    { key: 'deliveries', href: '/alerts/deliveries', label: 'Deliveries', count: deadLetters },
    { key: 'devices', href: '/alerts/devices', label: 'Devices', count: 0 },
  ]
  return mayManageAlerts(role) ? tabs : tabs.filter(({ key }) => ['rules', 'devices'].includes(key))
}
