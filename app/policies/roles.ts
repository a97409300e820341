import type { Role } from '#models/membership'

const ACTING: readonly Role[] = ['admin', 'operator']

/** Whether a role may change something: refresh, pause, reconnect. The others only read. */
export function mayAct(role: Role): boolean {
  return ACTING.includes(role)
}

/** Whether a role may change who belongs to the organization, as what, and the organization itself. */
export function mayManage(role: Role): boolean {
  return role === 'admin'
}

/**
 * Parts of the application. Within `campaigns` each person sees those that concern them, within `channels` only the own
 * ones; `people` is who belongs to the organization, `audit` who did what, and `all` is what everybody with a membership
 * may open.
 */
export type Area = 'accounts' | 'campaigns' | 'channels' | 'people' | 'audit' | 'all'

const READERS: readonly Role[] = ['admin', 'operator', 'viewer']

const ENTRANTS: Readonly<Record<Area, readonly Role[]>> = {
  accounts: READERS,
  campaigns: [...READERS, 'game_master'],
  channels: ['streamer', 'game_master'],
  people: ACTING,
  audit: ACTING,
  all: [...READERS, 'game_master', 'streamer'],
}

/** Whether a role may see the pages of a part of the application at all. */
export function mayEnter(role: Role, area: Area): boolean {
  return ENTRANTS[area].includes(role)
}

/** Where people of a role begin. */
export function homeOf(role: Role | null): string {
  if (role === 'streamer') return '/streamer'
  return role === 'game_master' ? '/campaigns' : '/'
}
