import Membership from '#models/membership'

/** A person's places, each with its organization, the oldest first. */
export function membershipsOf(userId: string): Promise<Membership[]> {
  return Membership.query()
    .where('user_id', userId)
    .preload('organization')
    .orderBy('created_at')
    .orderBy('organization_id')
}

/** The place in the organization that was chosen, as long as the person belongs to it, else the oldest one. Pure. */
export function chosenAmong<T extends { organizationId: string }>(
  places: readonly T[],
  organizationId: unknown
): T | null {
  return places.find((place) => place.organizationId === organizationId) ?? places[0] ?? null
}

/** The membership of the person who signs in with this address, in this organization; null where there is none. */
export function memberByEmail(organizationId: string, email: string): Promise<Membership | null> {
  const found = Membership.query().where('organization_id', organizationId)
  return found.whereHas('user', (user) => void user.where('email', email.trim().toLowerCase())).first()
}
