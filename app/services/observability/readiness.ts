import { Result } from '@adonisjs/core/health'
import { DEFAULT_LIMITS } from '#services/figures/alert_rules'
import { stalledAfter } from '#services/scheduler/scheduler_pulse'

/** What the database says of the installation, for the question whether this process may be sent work. */
export interface ReadinessFacts {
  quarantined: boolean
  /** Since the latest tick of any scheduler, and the time between its ticks; null where none has left a trace. */
  tick: { age: number; interval: number } | null
  /** How late the refresh is that has waited longest, in milliseconds. */
  lateness: number
}

/** What is known of this process. */
export interface ThisProcess {
  /** Whether it runs a scheduler. */
  ticks: boolean
  /** Milliseconds since its start. */
  age: number
}

const { overdue } = DEFAULT_LIMITS
const words = (milliseconds: number) => `${Math.round(milliseconds / 1_000)} s`

/** A copy of a database refreshes nothing, and must not be taken into service unnoticed. */
export function judgeQuarantine({ quarantined }: ReadinessFacts): Result {
  return quarantined
    ? Result.failed('This database may be a copy: nothing is refreshed until quarantine:lift')
    : Result.ok('The database is the original')
}

/**
 * A scheduler has to tick: here, or in another process. Where this one has none and no other has left a trace, the
 * refreshes may be the work of cron, and nothing is wrong as long as none is overdue.
 */
export function judgeScheduler({ tick, lateness }: ReadinessFacts, own: ThisProcess): Result {
  if (tick) {
    const age = `The latest tick was ${words(tick.age)} ago`
    return tick.age > stalledAfter(tick.interval) ? Result.failed(age) : Result.ok(age)
  }
  if (own.ticks)
    return own.age > stalledAfter(null)
      ? Result.failed('No scheduler has ticked')
      : Result.ok('The scheduler is starting')
  return lateness > overdue
    ? Result.failed('No scheduler has ticked, and refreshes are overdue')
    : Result.ok('No scheduler has ticked, and nothing is overdue')
}

/** Warns only: what is late at a provider that is down is no reason to take this process out of service. */
export function judgeOverdue({ lateness }: ReadinessFacts): Result {
  const late = `The longest waiting refresh is ${words(lateness)} late`
  return lateness > overdue ? Result.warning(late) : Result.ok(late)
}
