import type Connection from '#models/connection'
import Membership from '#models/membership'
import User from '#models/user'
import { addressOf, isAddress } from '#services/people/person_rules'

/** Where a letter goes, and how its reader speaks; null: nobody has said. */
export interface Addressee {
  address: string
  locale: string | null
  timeZone: string | null
}

type Owned = Pick<Connection, 'organizationId' | 'owner' | 'ownerUserId'>

/**
 * Where the owner of an account is reached: the person of the organization who is linked with it, else the owner itself
 * where the application calls its owners by their addresses. Null where nothing is known.
 */
export async function ownerAddress({ organizationId, owner, ownerUserId }: Owned): Promise<Addressee | null> {
  const linked = ownerUserId === null ? null : await memberBy(organizationId, 'id', ownerUserId)
  if (linked) return linked
  return isAddress(addressOf(owner)) ? addresseeOf(organizationId, owner) : null
}

/** An address that somebody wrote, with what is known of its reader. */
export async function addresseeOf(organizationId: string, written: string): Promise<Addressee> {
  const address = addressOf(written)
  const known = await memberBy(organizationId, 'email', address)
  return known ?? { address, locale: null, timeZone: null }
}

async function memberBy(
  organizationId: string,
  column: 'id' | 'email',
  value: string
): Promise<Addressee | null> {
  const members = Membership.query().where('organization_id', organizationId).select('user_id')
  const found = await User.query().where(column, value).whereIn('id', members).first()
  return found && { address: found.email, locale: found.locale, timeZone: found.timeZone }
}
