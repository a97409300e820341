import type { JobSettings } from '#services/jobs/job_table'
import tokenRefresh from '#config/token_refresh'
import env from '#start/env'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** The zone in which all schedules of the installation are read. */
const timeZone = env.get('SCHEDULE_TIMEZONE') ?? 'UTC'

/** Accounts that a job refreshes at a time. */
const AT_A_TIME = 5

/** Tests at a provider are gentle. */
const gentle = {
  concurrency: tokenRefresh.verification.concurrency,
  spacing: tokenRefresh.verification.spacing,
}

/**
 * What runs by itself, and when: cron expressions of five fields, each overridable by the environment variable that
 * stands beside it (several separated by ";", `off` for none). Every job runs for each organization by itself.
 */
const jobs: JobSettings = {
  jobs: [
    {
      name: 'auto-token-refresh',
      title: 'Token refresh',
      description: 'Refreshes everything that expires within an hour.',
      schedule: env.get('SCHEDULE_AUTO_TOKEN_REFRESH') ?? ['0 * * * *'],
      timeZone,
      work: { type: 'refresh', due: { within: HOUR }, concurrency: AT_A_TIME },
    },
    {
      name: 'refresh-expired-tokens',
      title: 'Expired tokens',
      description: 'Refreshes everything that has expired already, as after an outage.',
      schedule: env.get('SCHEDULE_REFRESH_EXPIRED_TOKENS') ?? ['0 2 * * *'],
      timeZone,
      work: { type: 'refresh', due: 'expired', concurrency: AT_A_TIME },
    },
    {
      name: 'comprehensive-token-refresh',
      title: 'Full check of all accounts',
      description:
        'Tests every account at its provider, refreshes what is refused, finds suspensions, updates profiles.',
      schedule: env.get('SCHEDULE_COMPREHENSIVE_TOKEN_REFRESH') ?? ['0 3 * * 0'],
      timeZone,
      work: { type: 'verify', which: 'all', ...gentle },
    },
    {
      name: 'daily-health-check',
      title: 'Daily check',
      description: 'Tests the accounts that were not refreshed in the last 24 hours.',
      schedule: env.get('SCHEDULE_DAILY_HEALTH_CHECK') ?? ['30 2 * * *'],
      timeZone,
      work: { type: 'verify', which: 'not_refreshed', ...gentle },
    },
    {
      name: 'token-validation',
      title: 'Regular validation',
      description:
        'Tests the tokens in use at providers that demand it; by itself each of them once an hour.',
      schedule: [],
      timeZone,
      work: { type: 'verify', which: 'in_use', ...gentle },
    },
    {
      name: 'deliveries',
      title: 'Deliveries',
      description: 'Brings people the messages that are due; by itself each second.',
      schedule: [],
      timeZone,
      work: { type: 'deliver' },
    },
    {
      name: 'retention',
      title: 'Retention',
      description: 'Deletes log entries, runs and events that have been kept long enough.',
      schedule: env.get('SCHEDULE_RETENTION') ?? ['45 3 * * *'],
      timeZone,
      work: { type: 'prune' },
    },
    {
      name: 'due-sweep',
      title: 'Sweep',
      description: 'Refreshes each token when its own time has come.',
      schedule: [],
      timeZone,
      work: { type: 'tick', every: tokenRefresh.scheduler.sweepInterval },
    },
    {
      name: 'validation-watch',
      title: 'Validation watch',
      description:
        'Tests each token in use once an hour at providers that demand it, a part of them each minute.',
      schedule: [],
      timeZone,
      work: { type: 'tick', every: MINUTE },
    },
    {
      name: 'campaign-sessions',
      title: 'Live sessions',
      description: 'Looks after the accounts of campaign sessions that are live.',
      schedule: [],
      timeZone,
      work: { type: 'tick', every: MINUTE },
    },
    {
      name: 'deadline-warnings',
      title: 'Deadlines',
      description: 'Warns of consents that end soon and of tokens whose refresh is overdue.',
      schedule: [],
      timeZone,
      work: { type: 'tick', every: 10 * MINUTE },
    },
    {
      name: 'notifications',
      title: 'Notifications',
      description: 'Decides who hears of what has happened, and brings them the messages that are due.',
      schedule: [],
      timeZone,
      work: { type: 'tick', every: SECOND },
    },
  ],

  /** A provider may bring a cycle of its own with it (`schedule` of its definition). */
  cycles: {
    schedules: Object.fromEntries(
      Object.entries({ twitch: env.get('SCHEDULE_TWITCH'), meta: env.get('SCHEDULE_META') }).filter(
        (entry): entry is [string, string[]] => entry[1] !== undefined
      )
    ),
    timeZone,
    concurrency: AT_A_TIME,
  },
}

export default jobs
