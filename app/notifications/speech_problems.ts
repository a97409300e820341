import { isZone } from '#notifications/quiet_hours'
import { LOCALES } from '#notifications/types'

/** How messages are put into words for somebody. Null: they never chose. */
export interface Speech {
  locale: string | null
  /** An IANA name. */
  timeZone: string | null
}

export interface SpeechProblem {
  field: keyof Speech
  /** For pages, which say it in other languages. */
  code: string
  message: string
}

const LONGEST_ZONE = 64

/** What is wrong with a choice of language and zone. */
export function speechProblems({ locale, timeZone }: Partial<Speech>): SpeechProblem[] {
  const problems: SpeechProblem[] = []
  if (locale && !LOCALES.some((one) => one === locale)) {
    problems.push({ field: 'locale', code: 'bad_locale', message: 'Choose one of the languages.' })
  }
  if (timeZone && (timeZone.length > LONGEST_ZONE || !isZone(timeZone))) {
    const message = 'This is no time zone that we know. An example is Europe/Paris.'
    problems.push({ field: 'timeZone', code: 'bad_time_zone', message })
  }
  return problems
}
