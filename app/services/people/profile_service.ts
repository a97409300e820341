import { endSessions, readEpoch } from '#services/people/end_sessions'
import { isFitName, passwordProblem, type PasswordProblem } from '#services/people/person_rules'
import type { PasswordHash, PeopleDependencies } from '#services/people/types'
import { run, type Work } from '#store/driver'

export interface Profile {
  name: string
  locale: string
  timeZone: string
}

/** What is wrong with which field. */
export type ProfileProblems = Partial<Record<keyof Profile, 'bad_name' | 'bad_locale' | 'bad_time_zone'>>

/** `epoch`: the number that the session of whoever changed it goes on under. */
export type PasswordChange = { ok: true; epoch: number } | { ok: false; problem: 'wrong' | PasswordProblem }

/** Values: name, locale, zone, now, person. */
const SAVE = 'UPDATE users SET full_name = ?, locale = ?, time_zone = ?, updated_at = ?t WHERE id = ?'
const PASSWORD = 'SELECT password FROM users WHERE id = ?'
/** Two changes at once that know the same old password: one of them wins. Values: new one, now, person, old one. */
const SET_PASSWORD = `UPDATE users SET password = ?, session_epoch = session_epoch + 1, updated_at = ?t
  WHERE id = ? AND password = ?`
const LONGEST_ZONE = 64

type Dependencies = PeopleDependencies & { hash: PasswordHash; locales: readonly string[] }

/** What people change about themselves. */
export class ProfileService {
  constructor(private readonly deps: Dependencies) {}

  /** Replaces all of it; an empty zone means UTC. The problems, of which there are none where it was saved. */
  async save(userId: string, input: Profile): Promise<ProfileProblems> {
    const [name, { locale, timeZone }] = [input.name.trim(), input]
    const problems: ProfileProblems = {}
    if (!isFitName(name)) problems.name = 'bad_name'
    if (!this.deps.locales.includes(locale)) problems.locale = 'bad_locale'
    if (timeZone !== '' && !isTimeZone(timeZone)) problems.timeZone = 'bad_time_zone'
    if (Object.keys(problems).length > 0) return problems
    const values = [name || null, locale, timeZone || null, this.deps.clock.now(), userId]
    await this.deps.driver.transaction(() => run(SAVE, values))
    return {}
  }

  /** Whether this is the person's password now. */
  async knowsPassword(userId: string, password: string): Promise<boolean> {
    const stored = await this.#password(userId)
    return stored !== null && this.deps.hash.verify(stored, password)
  }

  /** Ends every session that was opened before. */
  async changePassword(
    userId: string,
    { current, next }: { current: string; next: string }
  ): Promise<PasswordChange> {
    const problem = passwordProblem(next)
    if (problem) return { ok: false, problem }
    const { driver, hash, clock } = this.deps
    const stored = await this.#password(userId)
    if (stored === null || !(await hash.verify(stored, current))) return { ok: false, problem: 'wrong' }
    const values = [await hash.make(next), clock.now(), userId, stored]
    const epoch = await driver.transaction(function* (): Work<number | null> {
      return (yield* run(SET_PASSWORD, values)) === 0 ? null : yield* readEpoch(userId)
    })
    return epoch === null ? { ok: false, problem: 'wrong' } : { ok: true, epoch }
  }

  /** Ends every session of the person; the number under which new ones are opened. */
  endSessions(userId: string): Promise<number> {
    return this.deps.driver.transaction(() => endSessions(userId))
  }

  async #password(userId: string): Promise<string | null> {
    const [row] = await this.deps.driver.read(PASSWORD, [userId])
    return (row?.password as string | undefined) ?? null
  }
}

function isTimeZone(name: string): boolean {
  if (name.length > LONGEST_ZONE) return false
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
