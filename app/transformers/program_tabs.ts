import type { Role } from '#models/membership'
import { mayAct } from '#policies/roles'

export type ProgramTab = 'keys' | 'webhooks' | 'start'

const TABS: readonly { key: ProgramTab; href: string }[] = [
  { key: 'keys', href: '/api' },
  { key: 'webhooks', href: '/api-webhooks' },
  { key: 'start', href: '/api-start' },
]

/** The pages about programs that a role may open; labels are in `programs.tabs` of the catalogues. */
export function programTabs(role: Role) {
  return mayAct(role) ? TABS : TABS.filter(({ key }) => key !== 'webhooks')
}
