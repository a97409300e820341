import type { Role } from '#models/membership'
import { mayEnter } from '#policies/roles'

export type SettingsTab = 'profile' | 'security' | 'people' | 'organization' | 'setup' | 'data' | 'about'

const OWN = ['profile', 'security'] as const
const SHARED = ['people', 'organization', 'setup', 'data', 'about'] as const

/** The pages of the settings that a role may open; labels are in `people.tabs` of the catalogues. */
export function settingsTabs(role: Role): { key: SettingsTab; href: string }[] {
  const keys = mayEnter(role, 'people') ? [...OWN, ...SHARED] : OWN
  return keys.map((key) => ({ key, href: key === 'setup' ? '/setup' : `/settings/${key}` }))
}
