import Membership from '#models/membership'

/** A person's place: the oldest membership, with its organization; null for people who belong to none. */
export function membershipOf(userId: string): Promise<Membership | null> {
  return Membership.query()
    .where('user_id', userId)
    .preload('organization')
    .orderBy('created_at')
    .orderBy('organization_id')
    .first()
}

/** The membership of the person who signs in with this address, in this organization; null where there is none. */
export function memberByEmail(organizationId: string, email: string): Promise<Membership | null> {
  const found = Membership.query().where('organization_id', organizationId)
  return found.whereHas('user', (user) => void user.where('email', email.trim().toLowerCase())).first()
}
