import { createHash } from 'node:crypto'
import { Secret as TotpSecret, TOTP } from 'otpauth'
import { uuid } from '#models/uuid'
import type { Role } from '#models/membership'
import type { Secret } from '#oauth/secret'
import { buildPeople, type People } from '#services/people/build_people'
import { TwoFactorService } from '#services/two_factor/two_factor_service'
import type { EngineFixture, TestClock } from '#tests/helpers/engine_fixture'
import { engineFixture, openDriver, type Dialect } from '#tests/helpers/engine_fixture'
import { NOW } from '#tests/helpers/refresh_fixtures'

/** A password as the fixture hashes it: scrypt is slow, and not what these tests are about. */
const sha = (text: string) => createHash('sha256').update(text).digest('hex')
export const fastHash = {
  make: async (password: string) => sha(password),
  verify: async (hashed: string, password: string) => hashed === sha(password),
}

/** Services about people on a real database, with a clock that only moves when it is told to. */
export interface PeopleFixture extends EngineFixture {
  people: People
  twoFactor: TwoFactorService
  organization(slug?: string): Promise<string>
  person(role: Role | null, organizationId?: string): Promise<{ userId: string; email: string }>
  join(organizationId: string, userId: string, role: Role): Promise<void>
}

export async function peopleFixture(
  dialect: Dialect,
  cleanup: (work: () => Promise<void>) => void
): Promise<PeopleFixture> {
  const fixture = await engineFixture(dialect, cleanup)
  const { clock, vault, run } = fixture
  const driver = openDriver(dialect, clock)
  cleanup(() => driver.close())
  const random = counting()
  const people = buildPeople({ driver, clock, random, hash: fastHash, locales: ['en', 'fr', 'ja'] })
  let count = 0
  const join = async (organizationId: string, userId: string, role: Role) => {
    const values = [organizationId, userId, role, NOW]
    const columns = 'organization_id, user_id, role, created_at'
    await run(`INSERT INTO memberships (${columns}) VALUES (?, ?, ?, ?t)`, values)
  }
  return {
    ...fixture,
    people,
    join,
    twoFactor: new TwoFactorService({ driver, clock, vault, random }),
    async organization(slug = `org-${++count}`) {
      const made = await people.organizations.create({ name: slug.toUpperCase(), slug }, null)
      if (!made.ok) throw new Error(JSON.stringify(made.problems))
      return made.id
    },
    async person(role, organizationId) {
      const [userId, email] = [uuid(NOW), `person-${++count}@example.com`]
      const values = [userId, email, `Person ${count}`, sha('the old password'), NOW]
      const columns = 'id, email, full_name, password, created_at'
      await run(`INSERT INTO users (${columns}) VALUES (?, ?, ?, ?, ?t)`, values)
      if (role && organizationId) await join(organizationId, userId, role)
      return { userId, email }
    },
  }
}

/** Bytes that differ from call to call and are the same in each run. */
function counting() {
  let calls = 0
  return (length: number) => createHash('shake256', { outputLength: length }).update(`${++calls}`).digest()
}

/** What an authenticator app shows for this secret. */
export function codeAt(secret: Secret, clock: Pick<TestClock, 'now'>): string {
  const totp = new TOTP({ secret: TotpSecret.fromBase32(secret.reveal()) })
  return totp.generate({ timestamp: clock.now() })
}
