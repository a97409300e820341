/**
 * How pages put time into words, in the reader's language. The same functions run on the server and in the browser
 * (`resources/js/clock.js`), so a page reads the same before and after its script has started. No imports, therefore: the
 * few words of time stand here and not in the catalogues.
 */
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const DAY_OF_YEAR = { day: 'numeric', month: 'short' } as const

/** Below this, countdowns show seconds. */
export const SECONDS_BELOW = 2 * MINUTE

/** `{}` stands for a length of time. Between figure and unit stands no line break (French: U+202F). */
interface Vocabulary {
  /** The tag by which dates and figures are written. */
  tag: string
  units: readonly [second: string, minute: string, hour: string, day: string]
  milliseconds: string
  ago: string
  expired: string
  until: string
  due: string
}

const ENGLISH: Vocabulary = {
  tag: 'en-GB',
  units: [' s', ' min', ' h', ' d'],
  milliseconds: ' ms',
  ago: '{} ago',
  expired: 'expired {} ago',
  until: 'in {}',
  due: 'due now',
}

const VOCABULARIES: Readonly<Record<string, Vocabulary>> = {
  en: ENGLISH,
  fr: {
    tag: 'fr-FR',
    units: ['\u202Fs', '\u202Fmin', '\u202Fh', '\u202Fj'],
    milliseconds: '\u202Fms',
    ago: 'il y a {}',
    expired: 'expiré il y a {}',
    until: 'dans {}',
    due: 'maintenant',
  },
  ja: {
    tag: 'ja-JP',
    units: ['秒', '分', '時間', '日'],
    milliseconds: 'ミリ秒',
    ago: '{}前',
    expired: '{}前に期限切れ',
    until: '{}後',
    due: '今すぐ',
  },
}

/** The words of time in one language. Instants and lengths are milliseconds. */
export interface TimeWords {
  /** A length of time in at most two units: `45 s`, `1 min 20 s`, `47 min`, `3 h 12 min`, `5 d 4 h`, `58 d`. */
  span(milliseconds: number): string
  /** A moment that has passed: `12 s ago`, `4 min ago`, `3 h ago`, `6 d ago`. */
  ago(at: number, now: number): string
  /** What is left until a moment, or how long it is over: `3 h 12 min`, `expired 4 min ago`. */
  left(at: number, now: number): string
  /** When something will happen: `in 3 h 12 min`, or `due now`. */
  until(at: number, now: number): string
  /** The same as a clock that runs down: `04:32`, `1:04:32`; `2 d 3 h` from a day on, or `due now`. */
  countdown(at: number, now: number): string
  /** A moment for people who compare it with logs, alike in all languages: `2026-03-14 09:26:53 UTC`. */
  stamp(at: number): string
  /** The same for narrow columns, without year and zone: `03-14 09:26:53`. */
  shortStamp(at: number): string
  /** A moment of these days for people who plan, in their zone: `14:05 UTC` today, `22 Nov, 02:05 UTC` on another day. */
  moment(at: number, now: number): string
  /** A whole day, in UTC, where the days of charts begin: `22 Nov`. */
  day(at: number): string
  /** A duration of work: `48 ms`, `1.4 s`, `2 min`. */
  took(milliseconds: number): string
}

/** The words of a language that we have, else the English ones. A zone is an IANA name. */
export function timeWords(locale: string, timeZone = 'UTC'): TimeWords {
  const words = VOCABULARIES[locale] ?? ENGLISH
  const span = (length: number) => spanIn(words, Math.max(0, length))
  const short = (at: number, now: number) => shortIn(words, Math.max(0, now - at))
  const decimals = new Intl.NumberFormat(words.tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  return {
    span,
    ago: (at, now) => words.ago.replace('{}', short(at, now)),
    left: (at, now) => (at > now ? span(at - now) : words.expired.replace('{}', short(at, now))),
    until: (at, now) => (at > now ? words.until.replace('{}', span(at - now)) : words.due),
    countdown: (at, now) => (at > now ? clockIn(words, at - now) : words.due),
    stamp,
    shortStamp: (at) => stamp(at).slice(5, 19),
    moment: (at, now) => momentIn(words.tag, timeZone, at, now),
    day: (at) => new Intl.DateTimeFormat(words.tag, { ...DAY_OF_YEAR, timeZone: 'UTC' }).format(at),
    took(length) {
      if (length < SECOND) return `${Math.round(length)}${words.milliseconds}`
      return length < MINUTE ? decimals.format(length / SECOND) + words.units[0] : span(length)
    },
  }
}

function clockIn(words: Vocabulary, length: number): string {
  if (length >= DAY) return spanIn(words, length)
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  const rest = `${two((length % HOUR) / MINUTE)}:${two((length % MINUTE) / SECOND)}`
  return length < HOUR ? rest : `${Math.floor(length / HOUR)}:${rest}`
}

function stamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

function spanIn({ units: [s, min, h, d] }: Vocabulary, length: number): string {
  if (length < MINUTE) return `${Math.floor(length / SECOND)}${s}`
  if (length < SECONDS_BELOW) return twoUnits(length, MINUTE, min, SECOND, s)
  if (length < HOUR) return `${Math.floor(length / MINUTE)}${min}`
  if (length < DAY) return twoUnits(length, HOUR, h, MINUTE, min)
  if (length < 10 * DAY) return twoUnits(length, DAY, d, HOUR, h)
  return `${Math.floor(length / DAY)}${d}`
}

function shortIn({ units: [s, min, h, d] }: Vocabulary, length: number): string {
  if (length < SECONDS_BELOW) return `${Math.floor(length / SECOND)}${s}`
  if (length < HOUR) return `${Math.floor(length / MINUTE)}${min}`
  if (length < 2 * DAY) return `${Math.floor(length / HOUR)}${h}`
  return `${Math.floor(length / DAY)}${d}`
}

function twoUnits(length: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.floor((length % big) / small)
  const first = `${Math.floor(length / big)}${bigName}`
  return rest === 0 ? first : `${first} ${rest}${smallName}`
}

function momentIn(tag: string, timeZone: string, at: number, now: number): string {
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' } as const
  const calendar = new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', timeZone })
  const isToday = calendar.format(at) === calendar.format(now)
  return new Intl.DateTimeFormat(tag, { ...(isToday ? {} : DAY_OF_YEAR), ...time, timeZone }).format(at)
}
