import cronstrue from 'cronstrue'
import type Run from '#models/run'
import { span } from '#transformers/time_words'
import { scheduleStrip } from '#transformers/schedule_strip'

/** A job of the schedule, as far as its row needs it. Instants are milliseconds since the epoch. */
export interface ScheduledJob {
  name: string
  title: string
  description: string
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

/** A job as the schedule shows it: when in words and as written, how the last runs went, what can be done. */
export function scheduleRow(job: ScheduledJob, runs: Run[]) {
  const { name, title, description, controllable, schedule, timeZone, pausedAt, pausedBy, nextAt } = job
  return {
    name,
    title,
    description,
    controllable,
    words: scheduleWords(job),
    expressions: schedule,
    timeZone,
    paused: pausedAt === null ? null : { at: pausedAt, by: pausedBy },
    nextAt: pausedAt === null ? nextAt : null,
    runningId: job.runningId,
    strip: scheduleStrip(runs),
  }
}

/** When a job runs, as a person would say it. */
export function scheduleWords({ schedule, every }: Pick<ScheduledJob, 'schedule' | 'every'>): string {
  if (schedule.length > 0) return schedule.map(cronWords).join('; ')
  return every === null ? 'Only by hand' : `Every ${span(every)}`
}

/** An expression that cannot be put into words stands there as it is. */
function cronWords(expression: string): string {
  const options = { use24HourTimeFormat: true, verbose: false, throwExceptionOnParseError: false }
  const words = cronstrue.toString(expression, options)
  return words.startsWith('An error occurred') ? expression : words
}
