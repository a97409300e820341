/**
 * How pages put time into words. The same functions run on the server and in the browser (`resources/js/clock.js`), so
 * a page reads the same before and after its script has started. No imports, therefore.
 */
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Below this, countdowns show seconds. */
export const SECONDS_BELOW = 2 * MINUTE

/** A length of time in at most two units: `45 s`, `1 min 20 s`, `47 min`, `3 h 12 min`, `5 d 4 h`, `58 d`. */
export function span(milliseconds: number): string {
  const length = Math.max(0, milliseconds)
  if (length < MINUTE) return `${Math.floor(length / SECOND)} s`
  if (length < SECONDS_BELOW) return twoUnits(length, MINUTE, 'min', SECOND, 's')
  if (length < HOUR) return `${Math.floor(length / MINUTE)} min`
  if (length < DAY) return twoUnits(length, HOUR, 'h', MINUTE, 'min')
  if (length < 10 * DAY) return twoUnits(length, DAY, 'd', HOUR, 'h')
  return `${Math.floor(length / DAY)} d`
}

/** A moment that has passed: `12 s ago`, `4 min ago`, `3 h ago`, `6 d ago`. */
export function ago(at: number, now: number): string {
  const length = Math.max(0, now - at)
  if (length < SECONDS_BELOW) return `${Math.floor(length / SECOND)} s ago`
  if (length < HOUR) return `${Math.floor(length / MINUTE)} min ago`
  if (length < 2 * DAY) return `${Math.floor(length / HOUR)} h ago`
  return `${Math.floor(length / DAY)} d ago`
}

/** What is left until a moment, or how long it is over: `3 h 12 min`, `expired 4 min ago`. */
export function left(at: number, now: number): string {
  return at > now ? span(at - now) : `expired ${ago(at, now)}`
}

/** When something will happen: `in 3 h 12 min`, or `due now`. */
export function until(at: number, now: number): string {
  return at > now ? `in ${span(at - now)}` : 'due now'
}

/** A moment for people who compare it with logs: `2026-03-14 09:26:53 UTC`. */
export function stamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** The same for narrow columns, without year and zone: `03-14 09:26:53`. */
export function shortStamp(at: number): string {
  return stamp(at).slice(5, 19)
}

/** A moment of these days for people who plan: `14:05 UTC` today, `22 Nov, 02:05 UTC` on another day. */
export function moment(at: number, now: number): string {
  const time = `${stamp(at).slice(11, 16)} UTC`
  if (stamp(at).slice(0, 10) === stamp(now).slice(0, 10)) return time
  const month = MONTHS[new Date(at).getUTCMonth()]
  return `${new Date(at).getUTCDate()} ${month}, ${time}`
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A duration of work: `48 ms`, `1.4 s`, `2 min`. */
export function took(milliseconds: number): string {
  if (milliseconds < SECOND) return `${Math.round(milliseconds)} ms`
  if (milliseconds < MINUTE) return `${(milliseconds / SECOND).toFixed(1)} s`
  return span(milliseconds)
}

function twoUnits(length: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.floor((length % big) / small)
  const first = `${Math.floor(length / big)} ${bigName}`
  return rest === 0 ? first : `${first} ${rest} ${smallName}`
}
