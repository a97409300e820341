import { Cron } from 'croner'

/** When something happens: cron expressions of five fields, read in a named time zone. */
export interface Schedule {
  expressions: readonly string[]
  timeZone: string
}

/** A text that stays out of a schedule: this many different ones are kept ready. */
const MOST_KEPT = 1_000
const SOME_DAY = new Date(Date.UTC(2026, 0, 1))

const kept = new Map<string, Cron>()

/**
 * True for an expression of five fields (minute, hour, day, month, weekday) that fires at some time. Names of days and
 * months, lists, ranges, steps and croner's further signs are understood; where both day and weekday are limited, one
 * of them is enough, as crontab(5) has it.
 */
export function isCron(expression: string): boolean {
  if (expression.trim().split(/\s+/).length !== 5) return false
  try {
    return cron(expression, 'UTC').nextRun(SOME_DAY) !== null
  } catch {
    return false
  }
}

/** True for a name of the time zone database, such as `Europe/Berlin`, and for `UTC`. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/**
 * The first time of the schedule after this instant, in milliseconds; null where there is none. Where clocks go forward,
 * a time that does not exist happens at the first minute that does; where they go back, a time of day happens once, and
 * what happens each hour or minute goes on in real time.
 */
export function nextTime({ expressions, timeZone }: Schedule, after: number): number | null {
  const times = expressions.flatMap((text) => cron(text, timeZone).nextRun(new Date(after))?.getTime() ?? [])
  return times.length === 0 ? null : Math.min(...times)
}

/** The last time of the schedule after `after` and not later than `until`; null where there is none. */
export function latestTime(schedule: Schedule, after: number, until: number): number | null {
  let latest: number | null = null
  for (;;) {
    const next = nextTime(schedule, latest ?? after)
    if (next === null || next > until) return latest
    latest = next
  }
}

function cron(expression: string, timeZone: string): Cron {
  const key = `${timeZone} ${expression}`
  const known = kept.get(key)
  if (known) return known
  const parsed = new Cron(expression, {
    timezone: timeZone,
    mode: '5-part',
    // A list of hours names times of the day, too: "0 2,14 * * *" must not lose one when clocks change.
    fixedTimeRule: 'no-wildcard',
    sloppyRanges: true,
  })
  if (kept.size >= MOST_KEPT) kept.clear()
  kept.set(key, parsed)
  return parsed
}
