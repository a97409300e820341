import { uuid } from '#models/uuid'
import { Secret } from '#oauth/secret'
import * as sql from '#services/people/first_person_sql'
import { hashOf } from '#services/people/invitation_service'
import { INSERT_MEMBERSHIP, INSERT_USER } from '#services/people/invitation_sql'
import {
  addressOf,
  isAddress,
  isFitName,
  passwordProblem,
  type PasswordProblem,
} from '#services/people/person_rules'
import type { PasswordHash, PeopleDependencies } from '#services/people/types'
import { all, run, type Work } from '#store/driver'

/** How long a printed address may be used, in milliseconds. */
export const SETUP_LIFETIME = 24 * 3_600_000

export interface FirstPersonForm {
  name: string
  email: string
  password: string
}

export type FirstPersonProblems = Partial<
  Record<keyof FirstPersonForm, 'bad_name' | 'bad_address' | PasswordProblem>
>

/** `refused`: the token is none of ours, or has expired; `too_late`: there is somebody already. */
export type MadeFirstPerson =
  { ok: true; userId: string; organizationId: string } | { ok: false; problem: 'refused' | 'too_late' }

type Dependencies = PeopleDependencies & { random: (length: number) => Buffer; hash: PasswordHash }

/**
 * How the first person comes into an installation that has nobody: by an address with a token of 256 random bits, which
 * only the terminal shows. Each web process prints one of its own, and all of them end with the first account.
 */
export class FirstPerson {
  constructor(private readonly deps: Dependencies) {}

  /** Whether nobody can sign in yet. */
  async isAwaited(): Promise<boolean> {
    return (await this.deps.driver.read(sql.ANYBODY, [])).length === 0
  }

  /** A new token, returned this once, while nobody can sign in; null where there is somebody. Only its SHA-256 is stored. */
  async announce(): Promise<Secret | null> {
    if (!(await this.isAwaited())) return null
    const token = new Secret(this.deps.random(32).toString('base64url'))
    const [hash, now] = [hashOf(token), this.deps.clock.now()]
    await this.deps.driver.transaction(function* () {
      yield* run(sql.FORGET_EXPIRED, [now - SETUP_LIFETIME])
      yield* run(sql.INSERT_TOKEN, [hash, now])
    })
    return token
  }

  /** Whether a token with this hash lets the first person in now. */
  async admits(hash: string): Promise<boolean> {
    const oldest = this.deps.clock.now() - SETUP_LIFETIME
    const known = await this.deps.driver.read(sql.ADMITTED, [hash, oldest])
    return known.length > 0 && (await this.isAwaited())
  }

  /**
   * Makes the first person, an admin, with the organization where there is none, and ends all tokens, all at once or not at
   * all. Of those who try at the same time one succeeds, whichever tokens they have. The form must have no problems.
   */
  async make(hash: string, form: FirstPersonForm, locale: string | null): Promise<MadeFirstPerson> {
    const { clock, driver, hash: passwords } = this.deps
    if (!(await this.admits(hash)))
      return { ok: false, problem: (await this.isAwaited()) ? 'refused' : 'too_late' }
    const [password, now] = [await passwords.make(form.password), clock.now()]
    const userId = uuid(now)
    const person = [userId, addressOf(form.email), form.name.trim(), password, locale, now, now]
    return driver.transaction(function* (): Work<MadeFirstPerson> {
      const organizationId = yield* lockedOrganization(now)
      if ((yield* all(sql.ANYBODY, [])).length > 0) return { ok: false, problem: 'too_late' }
      const admitted = yield* all(sql.ADMITTED, [hash, now - SETUP_LIFETIME])
      if (admitted.length === 0) return { ok: false, problem: 'refused' }
      yield* run(INSERT_USER, person)
      yield* run(INSERT_MEMBERSHIP, [organizationId, userId, 'admin', now])
      yield* run(sql.FORGET_ALL, [])
      return { ok: true, userId, organizationId }
    })
  }
}

/** What keeps a form from being accepted, by field; empty where all is well. Pure. */
export function firstPersonProblems({ name, email, password }: FirstPersonForm): FirstPersonProblems {
  const weakness = passwordProblem(password)
  return {
    ...(name.trim() === '' || !isFitName(name.trim()) ? { name: 'bad_name' } : {}),
    ...(isAddress(addressOf(email)) ? {} : { email: 'bad_address' }),
    ...(weakness ? { password: weakness } : {}),
  }
}

/** The oldest organization, made where there is none; nobody else gets past here until this transaction ends. */
function* lockedOrganization(now: number): Work<string> {
  if ((yield* all(sql.OLDEST_ORGANIZATION, [])).length === 0) yield* run(sql.INSERT_MAIN, [uuid(now), now])
  yield* run(sql.LOCK_ORGANIZATIONS, [])
  const [{ id }] = yield* all(sql.OLDEST_ORGANIZATION, [])
  return id as string
}
