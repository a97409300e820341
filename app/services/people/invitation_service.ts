import { createHash } from 'node:crypto'
import { ROLES, type Role } from '#models/membership'
import { uuid } from '#models/uuid'
import { Secret } from '#oauth/secret'
import * as sql from '#services/people/invitation_sql'
import { lockOrganization } from '#services/people/lock_organization'
import { addressOf, isAddress } from '#services/people/person_rules'
import type { PeopleDependencies } from '#services/people/types'
import { all, run, type Row, type Value, type Work } from '#store/driver'

/** How long a link may be used, in milliseconds. */
export const INVITATION_LIFETIME = 7 * 24 * 3_600_000

/** Somebody who was asked to join an organization. Instants are milliseconds. */
export interface Invitation {
  id: string
  organizationId: string
  email: string
  role: Role
  createdAt: number
  expiresAt: number
}

/** What a link leads to. */
export type FoundInvitation =
  | { type: 'unknown' | 'used' | 'withdrawn' | 'expired' }
  | { type: 'open'; invitation: Invitation; organizationName: string; userId: string | null }

export type InviteProblem = 'bad_address' | 'bad_role' | 'member_already' | 'invited_already'
export type Invited =
  { ok: true; invitation: Invitation; token: Secret } | { ok: false; problem: InviteProblem }

export interface NewInvitation {
  organizationId: string
  invitedBy: string | null
  email: string
  role: string
}

/** `random`: so many random bytes. */
type Dependencies = PeopleDependencies & { random: (length: number) => Buffer }

/**
 * Invitations to an organization. A link has a token of 256 random bits, of which only the SHA-256 is stored; it works once,
 * for seven days.
 */
export class InvitationService {
  constructor(private readonly deps: Dependencies) {}

  /** The token is returned this once. An address is invited to an organization at most once at a time. */
  async invite({ organizationId, invitedBy, email: written, role }: NewInvitation): Promise<Invited> {
    const email = addressOf(written)
    if (!isAddress(email)) return { ok: false, problem: 'bad_address' }
    if (!ROLES.includes(role as Role)) return { ok: false, problem: 'bad_role' }
    const { clock, driver } = this.deps
    const createdAt = clock.now()
    const expiresAt = createdAt + INVITATION_LIFETIME
    const { token, hash } = this.#newToken()
    const invitation = {
      id: uuid(createdAt),
      organizationId,
      email,
      role: role as Role,
      createdAt,
      expiresAt,
    }
    const problem = await driver.transaction(function* (): Work<InviteProblem | null> {
      yield* lockOrganization(organizationId)
      if ((yield* all(sql.IS_MEMBER, [organizationId, email])).length > 0) return 'member_already'
      if ((yield* all(sql.IS_OPEN, [organizationId, email])).length > 0) return 'invited_already'
      const values = [invitation.id, organizationId, email, role, hash, invitedBy, createdAt, expiresAt]
      yield* run(sql.INSERT, values)
      return null
    })
    return problem ? { ok: false, problem } : { ok: true, invitation, token }
  }

  /** Those that nobody accepted or withdrew, the newest first; expired ones too. */
  async list(organizationId: string): Promise<Invitation[]> {
    return (await this.deps.driver.read(sql.LIST, [organizationId])).map(toInvitation)
  }

  /** A new link for seven more days; the old one ends. Null where there is no such open invitation. */
  async renew(organizationId: string, id: string): Promise<{ invitation: Invitation; token: Secret } | null> {
    const { clock, driver } = this.deps
    const { token, hash } = this.#newToken()
    const expiresAt = clock.now() + INVITATION_LIFETIME
    const invitation = await driver.transaction(() =>
      changed(sql.RENEW, [hash, expiresAt, id, organizationId])
    )
    return invitation && { invitation, token }
  }

  /** Ends a link; null where there is no such open invitation. */
  withdraw(organizationId: string, id: string): Promise<Invitation | null> {
    const { clock, driver } = this.deps
    return driver.transaction(() => changed(sql.WITHDRAW, [clock.now(), id, organizationId]))
  }

  /** What a link leads to now. `userId` is that of whoever signs in with the invited address, null for nobody. */
  async find(token: Secret): Promise<FoundInvitation> {
    const [row] = await this.deps.driver.read(sql.BY_TOKEN, [hashOf(token)])
    if (!row) return { type: 'unknown' }
    if (row.accepted_at !== null) return { type: 'used' }
    if (row.withdrawn_at !== null) return { type: 'withdrawn' }
    const invitation = toInvitation(row)
    if (invitation.expiresAt <= this.deps.clock.now()) return { type: 'expired' }
    const organizationName = row.organization_name as string
    return { type: 'open', invitation, organizationName, userId: (row.user_id as string) ?? null }
  }

  #newToken(): { token: Secret; hash: string } {
    const token = new Secret(this.deps.random(32).toString('base64url'))
    return { token, hash: hashOf(token) }
  }
}

/** The open invitation that a statement changed; the last two values are its id and organization. */
function* changed(statement: string, values: readonly Value[]): Work<Invitation | null> {
  if ((yield* run(statement, values)) === 0) return null
  const [row] = yield* all(sql.READ, values.slice(-2))
  return toInvitation(row)
}

/** What is stored of a token. */
export function hashOf(token: Secret): string {
  return createHash('sha256').update(token.reveal()).digest('hex')
}

function toInvitation(row: Row): Invitation {
  return {
    id: row.id as string,
    organizationId: row.organization_id as string,
    email: row.email as string,
    role: row.role as Role,
    createdAt: Number(row.created_at),
    expiresAt: Number(row.expires_at),
  }
}
