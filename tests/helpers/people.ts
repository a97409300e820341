import hash from '@adonisjs/core/services/hash'
import db from '@adonisjs/lucid/services/db'
import { DateTime } from 'luxon'
import { toInstant } from '#models/columns'
import Connection from '#models/connection'
import Membership, { type Role } from '#models/membership'
import Organization from '#models/organization'
import User from '#models/user'
import { uuid } from '#models/uuid'

export const PASSWORD = 'correct horse battery staple'

let count = 0
let hashed: string | undefined

/** A person with a role in an organization; a new organization unless one is given. */
export async function aPerson(role: Role | null = 'admin', within?: Organization) {
  count++
  const organization =
    within ?? (await Organization.create({ slug: `org-${count}`, name: `Organization ${count}` }))
  const email = `person-${count}@example.com`
  const user = await aUser({ email, fullName: `Person ${count}` })
  if (role) await Membership.create({ organizationId: organization.id, userId: user.id, role })
  return { user, organization, email }
}

/** A user with the usual password; hashing it takes longer than most tests, so that is done once for all. */
async function aUser(values: { email: string; fullName: string }): Promise<User> {
  hashed ??= await hash.make(PASSWORD)
  const id = uuid()
  const row = { id, email: values.email, full_name: values.fullName, password: hashed }
  await db.table('users').insert({ ...row, created_at: toInstant(DateTime.utc()) })
  return User.findOrFail(id)
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
