import type { Role } from '#models/membership'
import { mayAct, mayEnter } from '#policies/roles'

interface Who {
  userId: string | null
  role: Role
}

/** Whether a role may send its person to a provider for consent. Who has channels connects accounts as the own ones. */
export function mayConnect(role: Role): boolean {
  return mayAct(role) || mayEnter(role, 'channels')
}

/** Staff renew every account of their organization, others only what is theirs. */
export function mayReconnect(
  { userId, role }: Who,
  { ownerUserId }: { ownerUserId: string | null }
): boolean {
  return mayAct(role) || (mayConnect(role) && userId !== null && userId === ownerUserId)
}
