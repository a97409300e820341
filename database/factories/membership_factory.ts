import Factory from '@adonisjs/lucid/factories'
import Membership from '#models/membership'

/** Memberships of operators; merge `organizationId` and `userId`. */
export const MembershipFactory = Factory.define(Membership, () => ({ role: 'operator' as const }))
  .state('admin', (membership) => {
    membership.role = 'admin'
  })
  .state('viewer', (membership) => {
    membership.role = 'viewer'
  })
  .build()
