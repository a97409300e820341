import { speechProblems } from '#notifications/speech_problems'
import { LOCALES, type Locale } from '#notifications/types'
import type { Clock } from '#oauth/types'
import { run, type StoreDriver, type Work } from '#store/driver'

/** How a person wants to be spoken to, and when not. Null: they never chose. */
export interface Preferences {
  /** Wall clock times of the person's zone, such as 22:00; both or none. */
  quietFrom: string | null
  quietUntil: string | null
  locale: Locale | null
  timeZone: string | null
}

export interface PreferenceProblem {
  field: keyof Preferences
  /** For pages, which say it in other languages. */
  code: string
  message: string
}

export type SavedPreferences = { ok: true } | { ok: false; problems: PreferenceProblem[] }

interface Reader {
  organizationId: string
  userId: string
}

/** Values: organization, user. */
const FIND = `SELECT u.locale, u.time_zone, p.quiet_from, p.quiet_until FROM users AS u
  LEFT JOIN notification_preferences AS p ON p.user_id = u.id AND p.organization_id = ?
  WHERE u.id = ?`

/** Values: locale, zone, now, user. */
const UPDATE_USER = 'UPDATE users SET locale = ?, time_zone = ?, updated_at = ?t WHERE id = ?'

/** Values: organization, user, from, until, now. */
const UPSERT = `INSERT INTO notification_preferences (organization_id, user_id, quiet_from, quiet_until, updated_at)
  VALUES (?, ?, ?, ?, ?t) ON CONFLICT (organization_id, user_id) DO UPDATE
  SET quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until, updated_at = excluded.updated_at`

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/

/** Quiet hours of a person within an organization, and their language and time zone everywhere. */
export class PreferenceService {
  constructor(private readonly deps: { driver: StoreDriver; clock: Pick<Clock, 'now'> }) {}

  async find({ organizationId, userId }: Reader): Promise<Preferences> {
    const [row] = await this.deps.driver.read(FIND, [organizationId, userId])
    return {
      quietFrom: (row?.quiet_from as string | null) ?? null,
      quietUntil: (row?.quiet_until as string | null) ?? null,
      locale: LOCALES.find((locale) => locale === row?.locale) ?? null,
      timeZone: (row?.time_zone as string | null) ?? null,
    }
  }

  /** Replaces all of them, unless something is wrong. Empty texts count as null. */
  async save(
    { organizationId, userId }: Reader,
    input: Readonly<Record<keyof Preferences, string | null>>
  ): Promise<SavedPreferences> {
    const chosen = {
      quietFrom: input.quietFrom || null,
      quietUntil: input.quietUntil || null,
      locale: input.locale || null,
      timeZone: input.timeZone || null,
    }
    const problems = problemsOf(chosen)
    if (problems.length > 0) return { ok: false, problems }
    const { quietFrom, quietUntil, locale, timeZone } = chosen
    const now = this.deps.clock.now()
    await this.deps.driver.transaction(function* (): Work<void> {
      yield* run(UPDATE_USER, [locale, timeZone, now, userId])
      yield* run(UPSERT, [organizationId, userId, quietFrom, quietUntil, now])
    })
    return { ok: true }
  }
}

function problemsOf(chosen: Record<keyof Preferences, string | null>): PreferenceProblem[] {
  const { quietFrom, quietUntil } = chosen
  const problems: PreferenceProblem[] = []
  const add = (field: keyof Preferences, code: string, message: string) =>
    void problems.push({ field, code, message })
  for (const field of ['quietFrom', 'quietUntil'] as const) {
    const time = chosen[field]
    if (time !== null && !TIME.test(time)) add(field, 'bad_time', 'Write a time of the day, such as 22:00.')
  }
  if (quietFrom !== null && quietUntil === null)
    add('quietUntil', 'quiet_end', 'When do the quiet hours end?')
  if (quietFrom === null && quietUntil !== null)
    add('quietFrom', 'quiet_begin', 'When do the quiet hours begin?')
  if (quietFrom !== null && quietFrom === quietUntil) {
    const message = 'Quiet hours that end when they begin would be the whole day. Choose another time.'
    add('quietUntil', 'quiet_whole_day', message)
  }
  return [...problems, ...speechProblems(chosen)]
}
