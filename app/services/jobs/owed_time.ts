import { latestTime, type Schedule } from '#services/jobs/cron_times'

/** What fell into a time when nobody ran is caught up if it is not older than this, in milliseconds. */
export const CATCH_UP = 24 * 60 * 60_000

/** What is known of a job in one organization, in milliseconds. */
export interface Standing {
  /** The organization exists since then. */
  since: number
  pausedAt: number | null
  resumedAt: number | null
  /** The last time of the schedule that is known to be begun, here or elsewhere. */
  begun: number | null
}

/**
 * The time of the schedule that should be run at this moment, or null. A run that was missed and one that is on time are
 * the same thing: the latest time that has passed and was not begun. Of several missed times only the latest counts, so
 * that a long absence is made good by one run. What fell into a pause of the job stays undone.
 */
export function owedTime(
  latest: number | null,
  { since, pausedAt, resumedAt, begun }: Standing
): number | null {
  if (latest === null || pausedAt !== null) return null
  const floor = Math.max(since, resumedAt ?? 0, begun ?? 0)
  return latest > floor ? latest : null
}

/** The latest time of each schedule, looked up from where the last look ended. */
export class LatestTimes {
  readonly #known = new Map<string, { latest: number | null; until: number }>()

  /** The latest time within `CATCH_UP` before `now`; null where there is none. `key` names the schedule. */
  of(key: string, schedule: Schedule, now: number): number | null {
    const whole = `${key} ${schedule.timeZone} ${schedule.expressions.join(';')}`
    const known = this.#known.get(whole)
    const oldest = now - CATCH_UP
    // A clock that was set back begins anew.
    const after = known && known.until <= now ? Math.max(known.until, oldest) : oldest
    const found = latestTime(schedule, after, now) ?? (after === oldest ? null : (known?.latest ?? null))
    const latest = found !== null && found > oldest ? found : null
    this.#known.set(whole, { latest, until: now })
    return latest
  }
}
