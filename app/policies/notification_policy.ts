import type { Role } from '#models/membership'
import { mayAct, mayEnter } from '#policies/roles'

/** The organization's rules, its channels and the log of what went to them. */
export function mayManageAlerts(role: Role): boolean {
  return mayAct(role)
}

/** Own rules about every event of the organization, and not only about what concerns the person. */
export function mayFollowOrganization(role: Role): boolean {
  return mayEnter(role, 'accounts')
}

/** Whom a message is written for: staff read causes and open accounts, others read what they can do themselves. */
export function audienceOf(role: Role): 'staff' | 'person' {
  return mayEnter(role, 'accounts') ? 'staff' : 'person'
}
