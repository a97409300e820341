import cronstrue from 'cronstrue/dist/cronstrue-i18n.js'
import type Run from '#models/run'
import { jobMessages } from '#transformers/job_title'
import { scheduleStrip } from '#transformers/schedule_strip'
import type { TimeWords } from '#transformers/time_words'
import type { Translate } from '#transformers/translate'

/** A job of the schedule, as far as its row needs it. Instants are milliseconds since the epoch. */
export interface ScheduledJob {
  name: string
  title: string
  description: string
  /** The provider whose cycle it is; null for other jobs. */
  provider: string | null
  controllable: boolean
  schedule: readonly string[]
  timeZone: string
  /** Milliseconds between the looks of a job that has no cron expression. */
  every: number | null
  pausedAt: number | null
  pausedBy: string | null
  nextAt: number | null
  runningId: string | null
}

/** Lengths that nobody counts: every second, not every 1 s. By milliseconds. */
const SINGLE: Readonly<Record<number, string>> = {
  1_000: 'schedule.every_second',
  60_000: 'schedule.every_minute',
}

/** How a page says a schedule in its reader's language. */
export interface Speech {
  t: Translate
  words: TimeWords
  locale: string
  nameOf: (provider: string) => string
}

/** A job as the schedule shows it: when in words and as written, how the last runs went, what can be done. */
export function scheduleRow(job: ScheduledJob, runs: Run[], say: Speech) {
  const { name, controllable, schedule, timeZone, pausedAt, pausedBy, nextAt } = job
  return {
    name,
    ...titles(job, say),
    controllable,
    words: scheduleWords(job, say),
    expressions: schedule,
    timeZone,
    paused: pausedAt === null ? null : { at: pausedAt, by: pausedBy },
    nextAt: pausedAt === null ? nextAt : null,
    runningId: job.runningId,
    strip: scheduleStrip(runs, say.t),
  }
}

function titles({ name, title, description }: ScheduledJob, { t, nameOf }: Speech) {
  const known = jobMessages(name, nameOf)
  if (!known) return { title, description }
  return { title: t(`${known.key}.title`, known.values), description: t(`${known.key}.text`, known.values) }
}

type When = Pick<ScheduledJob, 'schedule' | 'every'>

/** When a job runs, as a person would say it. */
export function scheduleWords(
  { schedule, every }: When,
  { t, words, locale }: Omit<Speech, 'nameOf'>
): string {
  if (schedule.length > 0) return schedule.map((one) => cronWords(one, locale)).join(' · ')
  if (every === null) return t('schedule.only_by_hand')
  const single = SINGLE[every]
  return single ? t(single) : t('schedule.every', { length: words.span(every) })
}

/** An expression that cannot be put into words stands there as it is. */
export function cronWords(expression: string, locale: string): string {
  const options = { use24HourTimeFormat: true, verbose: false, locale }
  try {
    const words = cronstrue.toString(expression, options)
    return locale === 'ja' ? tidyJapanese(words) : words
  } catch {
    return expression
  }
}

/** The library puts "at" before a time and spaces between words. */
function tidyJapanese(words: string): string {
  return words
    .replace(/次において実施\s*/g, '')
    .replace(/,\s*/g, '、')
    .replace(/(\d{2}:\d{2})\s*(?=[月火水木金土日]曜)/g, '$1、')
    .replace(/\s+/g, '')
}
