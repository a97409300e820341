import env from '#start/env'

const DAY = 24 * 60 * 60_000

/** How long what only tells of the past is kept, in milliseconds; each value can be overridden by the environment. */
const retention = {
  /** Entries of the refresh log. */
  attempts: env.get('RETENTION_ATTEMPTS') ?? 30 * DAY,
  /** Entries of one connection that are older than two days: the newest of them stay. */
  attemptsPerConnection: env.get('RETENTION_ATTEMPTS_PER_CONNECTION') ?? 1_000,
  /** Failures that changed a connection's condition. */
  transitions: env.get('RETENTION_TRANSITIONS') ?? 365 * DAY,
  runs: env.get('RETENTION_RUNS') ?? 90 * DAY,
  /** Events that have been sent on. */
  events: env.get('RETENTION_EVENTS') ?? 30 * DAY,
  /** Hourly figures. */
  figures: env.get('RETENTION_FIGURES') ?? 400 * DAY,
  /** The audit trail: who did what. */
  audit: env.get('RETENTION_AUDIT') ?? 400 * DAY,
  /** Notifications and what is known of their delivery. */
  notifications: env.get('RETENTION_NOTIFICATIONS') ?? 90 * DAY,
}

export default retention
