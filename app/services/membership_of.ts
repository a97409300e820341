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
