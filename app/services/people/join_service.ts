import { uuid } from '#models/uuid'
import type { Secret } from '#oauth/secret'
import { hashOf, type FoundInvitation, type InvitationService } from '#services/people/invitation_service'
import * as sql from '#services/people/invitation_sql'
import { isFitName, passwordProblem, type PasswordProblem } from '#services/people/person_rules'
import type { PasswordHash, PeopleDependencies } from '#services/people/types'
import { run, type Work } from '#store/driver'

/** `has_account`: the address signs in here already; `wrong_address`: the invitation is for somebody else. */
export type JoinProblem =
  Exclude<FoundInvitation['type'], 'open'> | 'has_account' | 'wrong_address' | 'bad_name' | PasswordProblem

export type Joined =
  { ok: true; userId: string; organizationId: string } | { ok: false; problem: JoinProblem }

interface NewPerson {
  name: string
  password: string
  locale: string | null
}

type Dependencies = PeopleDependencies & { invitations: InvitationService; hash: PasswordHash }

/** How invited people come in. A link works once, however many use it at the same time. */
export class JoinService {
  constructor(private readonly deps: Dependencies) {}

  /** Somebody new: the link proves the address, so it becomes the one to sign in with. */
  async joinAsNew(token: Secret, { name: written, password, locale }: NewPerson): Promise<Joined> {
    const name = written.trim()
    if (name === '' || !isFitName(name)) return { ok: false, problem: 'bad_name' }
    const problem = passwordProblem(password)
    if (problem) return { ok: false, problem }
    const found = await this.deps.invitations.find(token)
    if (found.type !== 'open') return { ok: false, problem: found.type }
    if (found.userId !== null) return { ok: false, problem: 'has_account' }
    const { email } = found.invitation
    const [hashed, now] = [await this.deps.hash.make(password), this.deps.clock.now()]
    const userId = uuid(now)
    return this.#accept(token, found, userId, () =>
      run(sql.INSERT_USER, [userId, email, name, hashed, locale, now, now])
    )
  }

  /** Somebody who is signed in; with another address than the invited one they are refused. */
  async joinAs(token: Secret, userId: string): Promise<Joined> {
    const found = await this.deps.invitations.find(token)
    if (found.type !== 'open') return { ok: false, problem: found.type }
    if (found.userId !== userId) return { ok: false, problem: 'wrong_address' }
    return this.#accept(token, found, userId, null)
  }

  async #accept(
    token: Secret,
    { invitation }: Extract<FoundInvitation, { type: 'open' }>,
    userId: string,
    makePerson: (() => Work<number>) | null
  ): Promise<Joined> {
    const { driver, clock } = this.deps
    const { id, organizationId, role } = invitation
    const now = clock.now()
    const problem = await driver
      .transaction(function* (): Work<JoinProblem | null> {
        if (makePerson && (yield* makePerson()) === 0) return 'has_account'
        if ((yield* run(sql.ACCEPT, [now, id, hashOf(token), now])) === 0) throw new LinkGone()
        yield* run(sql.INSERT_MEMBERSHIP, [organizationId, userId, role, now])
        return null
      })
      .catch(usedMeanwhile)
    return problem ? { ok: false, problem } : { ok: true, userId, organizationId }
  }
}

/** Takes back the person that was just made. */
class LinkGone extends Error {}

function usedMeanwhile(error: unknown): 'used' {
  if (error instanceof LinkGone) return 'used'
  throw error
}
