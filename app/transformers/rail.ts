import type { Area } from '#policies/roles'

/** An entry of the rail. `label` is a key of the catalogues, `keys` the shortcut that leads there. */
export interface RailEntry {
  key: string
  href: string
  label: string
  icon: string
  keys: string | null
  area: Area
  /** Patterns of further addresses under which the entry is the current one. */
  alias: string
}

/** Pages whose address does not begin with that of their entry. */
const ALIASES: Readonly<Record<string, string>> = {
  settings: '/setup',
  api: '/api-keys/* /api-webhooks /api-start',
}

const entry = (
  key: string,
  href: string,
  icon: string,
  area: Area,
  keys: string | null = null
): RailEntry => ({
  ...{ key, href, icon, area, keys },
  label: `shell.rail.${key}`,
  alias: ALIASES[key] ?? '',
})

/** Everything that can be gone to, in the order of the rail. */
export const RAIL: readonly RailEntry[] = [
  entry('overview', '/', 'layout-dashboard', 'accounts', 'g o'),
  entry('accounts', '/accounts', 'users', 'accounts', 'g a'),
  entry('campaigns', '/campaigns', 'device-gamepad-2', 'campaigns', 'g c'),
  entry('channels', '/streamer', 'broadcast', 'channels'),
  entry('runs', '/runs', 'player-play', 'accounts', 'g r'),
  entry('activity', '/activity', 'activity', 'accounts', 'g l'),
  entry('providers', '/providers', 'plug', 'accounts', 'g p'),
  entry('schedule', '/schedule', 'calendar-time', 'accounts'),
  entry('inbox', '/inbox', 'inbox', 'all', 'g i'),
  entry('alerts', '/alerts', 'bell', 'all'),
  entry('api', '/api', 'api', 'accounts'),
  entry('settings', '/settings', 'settings', 'all'),
  entry('audit', '/audit', 'clipboard-list', 'audit'),
]

/** What a person finds in the rail: the parts that they may enter and that this installation has. */
export function railOf(mayEnter: (area: Area) => boolean, exists: (path: string) => boolean): RailEntry[] {
  return RAIL.filter(({ area, href }) => mayEnter(area) && exists(href))
}
