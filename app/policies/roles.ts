import type { Role } from '#models/membership'

const ACTING: readonly Role[] = ['admin', 'operator']

/** Whether a role may change something: refresh, pause, reconnect. The others only read. */
export function mayAct(role: Role): boolean {
  return ACTING.includes(role)
}
