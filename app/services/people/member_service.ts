import { ROLES, type Role } from '#models/membership'
import { lockOrganization } from '#services/people/lock_organization'
import type { Member, PeopleDependencies, Place } from '#services/people/types'
import { all, run, type Row, type Work } from '#store/driver'

/** `last_admin`: nobody would be left who may change anything. */
export type MemberChange = 'done' | 'unknown' | 'bad_role' | 'last_admin'

const LIST = `SELECT m.user_id, m.role, m.created_at, u.email, u.full_name, f.confirmed_at
  FROM memberships AS m JOIN users AS u ON u.id = m.user_id LEFT JOIN two_factors AS f ON f.id = m.user_id
  WHERE m.organization_id = ?`
const BY_NAME = 'ORDER BY lower(coalesce(u.full_name, u.email)), u.email'

/** Values: organization, person. */
const IS_OTHER_ADMIN =
  "SELECT 1 FROM memberships WHERE organization_id = ? AND user_id <> ? AND role = 'admin' LIMIT 1"
const ROLE = 'SELECT role FROM memberships WHERE organization_id = ? AND user_id = ?'
const SET_ROLE = 'UPDATE memberships SET role = ? WHERE organization_id = ? AND user_id = ?'
const REMOVE = 'DELETE FROM memberships WHERE organization_id = ? AND user_id = ?'
const END_SESSIONS = `UPDATE users SET session_epoch = session_epoch + 1
  WHERE id = ? AND NOT EXISTS (SELECT 1 FROM memberships WHERE user_id = users.id)`

/** Who belongs to an organization, and as what. An organization always keeps an admin. */
export class MemberService {
  constructor(private readonly deps: PeopleDependencies) {}

  /** Everybody, by name. */
  async list(organizationId: string): Promise<Member[]> {
    return (await this.deps.driver.read(`${LIST} ${BY_NAME}`, [organizationId])).map(toMember)
  }

  /** Null where the organization has nobody of this id. */
  async find({ organizationId, userId }: Place): Promise<Member | null> {
    const [row] = await this.deps.driver.read(`${LIST} AND m.user_id = ?`, [organizationId, userId])
    return row ? toMember(row) : null
  }

  /** Acts at the person's next request. */
  changeRole({ organizationId, userId }: Place, role: string): Promise<MemberChange> {
    if (!ROLES.includes(role as Role)) return Promise.resolve('bad_role')
    return this.#change({ organizationId, userId }, role === 'admin', function* () {
      yield* run(SET_ROLE, [role, organizationId, userId])
    })
  }

  /** Acts at the person's next request; whoever belongs to no organization any more is signed out everywhere. */
  remove({ organizationId, userId }: Place): Promise<MemberChange> {
    return this.#change({ organizationId, userId }, false, function* () {
      yield* run(REMOVE, [organizationId, userId])
      yield* run(END_SESSIONS, [userId])
    })
  }

  /** Changes of one organization's members happen one after the other, so that two admins cannot both be the last but one. */
  #change(
    { organizationId, userId }: Place,
    staysAdmin: boolean,
    change: () => Work<void>
  ): Promise<MemberChange> {
    return this.deps.driver.transaction(function* (): Work<MemberChange> {
      yield* lockOrganization(organizationId)
      const [member] = yield* all(ROLE, [organizationId, userId])
      if (!member) return 'unknown'
      if (member.role === 'admin' && !staysAdmin) {
        const others = yield* all(IS_OTHER_ADMIN, [organizationId, userId])
        if (others.length === 0) return 'last_admin'
      }
      yield* change()
      return 'done'
    })
  }
}

function toMember(row: Row): Member {
  return {
    userId: row.user_id as string,
    email: row.email as string,
    name: row.full_name as string | null,
    role: row.role as Role,
    joinedAt: Number(row.created_at),
    hasTwoFactor: row.confirmed_at !== null,
  }
}
