import { DateTime } from 'luxon'
import Connection from '#models/connection'
import Membership, { type Role } from '#models/membership'
import Organization from '#models/organization'
import User from '#models/user'

export const PASSWORD = 'correct horse battery staple'

let count = 0

/** A person with a role in an organization; a new organization unless one is given. */
export async function aPerson(role: Role | null = 'admin', within?: Organization) {
  count++
  const organization =
    within ?? (await Organization.create({ slug: `org-${count}`, name: `Organization ${count}` }))
  const email = `person-${count}@example.com`
  const user = await User.create({ email, password: PASSWORD, fullName: `Person ${count}` })
  if (role) await Membership.create({ organizationId: organization.id, userId: user.id, role })
  return { user, organization, email }
}

/** A connected account with sealed-looking tokens, which no page may show. */
export async function aConnection(organization: Organization, values: Record<string, unknown> = {}) {
  count++
  const now = DateTime.utc()
  return Connection.create({
    organizationId: organization.id,
    owner: `owner-${count}`,
    provider: 'twitch',
    providerAccountId: `external-${count}`,
    username: `user_${count}`,
    displayName: `Account ${count}`,
    accessToken: `SEALED-ACCESS-${count}`,
    refreshToken: `SEALED-REFRESH-${count}`,
    tokenType: 'oauth2',
    scopes: ['chat:read'],
    expirySource: 'provider',
    tokenExpiresAt: now.plus({ hours: 3 }),
    nextRefreshAt: now.plus({ hours: 2 }),
    lastTokenRefreshAt: now.minus({ hours: 1 }),
    connectedAt: now.minus({ days: 3 }),
    grantedAt: now.minus({ days: 3 }),
    credentialFp: '0123456789abcdef0123456789abcdef',
    refreshCount: 7,
    status: 'connected',
    isActive: true,
    config: {},
    metadata: {},
    tags: [],
    ...values,
  })
}
