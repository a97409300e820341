import env from '#start/env'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/**
 * How the refresh engine behaves. Durations are milliseconds; each value can be overridden by the environment variable
 * that stands beside it. Margins and lifetimes of a provider are part of its definition.
 */
const tokenRefresh = {
  scheduler: {
    enabled: env.get('SCHEDULER_ENABLED') ?? true,
    /** How often the sweep looks for what is due; at most a minute. */
    sweepInterval: Math.min(env.get('TOKEN_REFRESH_SWEEP_INTERVAL') ?? SECOND, MINUTE),
  },

  verification: {
    /** Accounts that a verification tests at a time, and the time between two such groups. */
    concurrency: env.get('TOKEN_VERIFY_CONCURRENCY') ?? 3,
    spacing: env.get('TOKEN_VERIFY_SPACING') ?? SECOND,
    /** Accounts that `token:validate` looks at side by side. */
    validateConcurrency: env.get('TOKEN_VALIDATE_CONCURRENCY') ?? 5,
  },

  /** Requests in flight in this process. */
  concurrency: env.get('TOKEN_REFRESH_CONCURRENCY') ?? 50,
  /** Total time for one request, from the first byte of the connection to the last byte of the answer. */
  requestDeadline: env.get('TOKEN_REFRESH_REQUEST_DEADLINE') ?? 20 * SECOND,

  timing: {
    /** A first strike is tried again after this. */
    strikeRetry: env.get('TOKEN_REFRESH_STRIKE_RETRY') ?? 15 * MINUTE,
    /** A second strike within this time confirms the first. */
    strikeWindow: env.get('TOKEN_REFRESH_STRIKE_WINDOW') ?? 30 * MINUTE,
    /** A second strike earlier than this does not count. */
    strikeSpacing: env.get('TOKEN_REFRESH_STRIKE_SPACING') ?? MINUTE,
    /** Whether outages count as strikes. */
    transientStrikes: env.get('TOKEN_REFRESH_TRANSIENT_STRIKES') ?? false,
    retryAttempts: env.get('TOKEN_REFRESH_RETRY_ATTEMPTS') ?? 3,
    retryBase: env.get('TOKEN_REFRESH_RETRY_BASE') ?? SECOND,
    retryCap: env.get('TOKEN_REFRESH_RETRY_CAP') ?? 30 * SECOND,
    /** The pause after a rate limit that names no time. */
    rateLimitWait: env.get('TOKEN_REFRESH_RATE_LIMIT_WAIT') ?? MINUTE,
    /** How often a provider with a wrong configuration is probed. */
    configurationProbe: env.get('TOKEN_REFRESH_CONFIGURATION_PROBE') ?? 5 * MINUTE,
  },

  breaker: {
    /** Consecutive answers of an ailing provider that open its breaker. */
    failures: 5,
    /** Time between probes while it is open. */
    probe: MINUTE,
  },
}

export default tokenRefresh
