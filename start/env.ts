/**
 * The environment, validated once at start. Each name also stands in `.env.example`; a test keeps the two equal.
 * Durations are written as `500ms`, `20s`, `15m`, `12h` or `30d`.
 */
import { Env } from '@adonisjs/core/env'
import { duration } from '#start/env_rules'

export default await Env.create(new URL('../', import.meta.url), {
  NODE_ENV: Env.schema.enum(['development', 'production', 'test'] as const),
  HOST: Env.schema.string({ format: 'host' }),
  PORT: Env.schema.number(),
  APP_URL: Env.schema.string({ format: 'url', tld: false }),
  APP_KEY: Env.schema.secret(),
  LOG_LEVEL: Env.schema.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const),

  DB_CONNECTION: Env.schema.enum(['sqlite', 'pg'] as const),
  DATABASE_URL: Env.schema.string.optional(),
  ENCRYPTION_KEYS: Env.schema.secret(),

  PROVIDERS_FILE: Env.schema.string.optional(),
  ALLOW_PRIVATE_PROVIDERS: Env.schema.boolean.optional(),
  TWITCH_CLIENT_ID: Env.schema.string.optional(),
  TWITCH_CLIENT_SECRET: Env.schema.secret.optional(),

  SANDBOX_PORT: Env.schema.number.optional(),
  SANDBOX_TOKEN_LIFETIME: duration.optional(),
  SANDBOX_STRIKE_RETRY: duration.optional(),

  SCHEDULER_ENABLED: Env.schema.boolean.optional(),
  SCHEDULE_TWITCH: Env.schema.string.optional(),
  TOKEN_REFRESH_SWEEP_INTERVAL: duration.optional(),
  TOKEN_REFRESH_CONCURRENCY: Env.schema.number.optional(),
  TOKEN_REFRESH_REQUEST_DEADLINE: duration.optional(),
  TOKEN_REFRESH_STRIKE_RETRY: duration.optional(),
  TOKEN_REFRESH_STRIKE_WINDOW: duration.optional(),
  TOKEN_REFRESH_STRIKE_SPACING: duration.optional(),
  TOKEN_REFRESH_TRANSIENT_STRIKES: Env.schema.boolean.optional(),
  TOKEN_REFRESH_RETRY_ATTEMPTS: Env.schema.number.optional(),
  TOKEN_REFRESH_RETRY_BASE: duration.optional(),
  TOKEN_REFRESH_RETRY_CAP: duration.optional(),
  TOKEN_REFRESH_RATE_LIMIT_WAIT: duration.optional(),
  TOKEN_REFRESH_CONFIGURATION_PROBE: duration.optional(),
})
