import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import string from '@adonisjs/core/helpers/string'
import { StartFailure } from '#exceptions/start_failure'
import { isCron, isTimeZone } from '#services/jobs/cron_times'
import { isTraceAddress } from '#services/observability/trace_address'
import { isProxyEntry } from '#services/trusted_proxies'

function parseDuration(name: string, value: string): number {
  const milliseconds = toMilliseconds(value)
  if (milliseconds > 0) return milliseconds
  throw new Error(`${name} must be a duration such as 500ms, 20s, 15m or 12h, not "${value}"`)
}

/** Zero for everything that is no duration. */
function toMilliseconds(value: string): number {
  try {
    return /^\d+(\.\d+)?\s*(ms|s|m|h|d)$/.test(value) ? string.milliseconds.parse(value) : 0
  } catch {
    return 0
  }
}

/**
 * Validators for environment variables that the framework has no rule for. `duration` yields milliseconds.
 */
export const duration = {
  optional: () => (name: string, value?: string) =>
    value === undefined || value === '' ? undefined : parseDuration(name, value),
}

/** Cron expressions separated by ";", or `off` for a job that only people run. Yields a list. */
export const schedule = {
  optional: () => (name: string, value?: string) => {
    if (value === undefined || value.trim() === '') return undefined
    if (value.trim() === 'off') return []
    const expressions = value.split(';').map((text) => text.trim())
    const wrong = expressions.find((text) => !isCron(text))
    if (wrong === undefined) return expressions
    throw new Error(
      `${name} must be cron expressions of five fields separated by ";", such as "0 2 * * *", or off. "${wrong}" is none, or never fires`
    )
  },
}

/** A time zone by its name in the time zone database. */
export const timeZone = {
  optional: () => (name: string, value?: string) => {
    if (value === undefined || value === '') return undefined
    if (isTimeZone(value)) return value
    throw new Error(`${name} must be the name of a time zone such as UTC or Europe/Berlin, not "${value}"`)
  },
}

/** Addresses, ranges and names of ranges, separated by commas. Yields a list. */
export const proxies = {
  optional: () => (name: string, value?: string) => {
    if (value === undefined || value.trim() === '') return undefined
    const entries = value.split(',').map((text) => text.trim())
    const wrong = entries.find((entry) => !isProxyEntry(entry))
    if (wrong === undefined) return entries
    throw new Error(
      `${name} must be addresses or ranges separated by commas, such as 10.0.0.0/8,loopback. "${wrong}" is none`
    )
  },
}

/** A web address with a place for the id of a trace. */
export const traceUrl = {
  optional: () => (name: string, value?: string) => {
    if (value === undefined || value === '') return undefined
    if (isTraceAddress(value)) return value
    throw new Error(
      `${name} must be a web address with {trace_id} in it, such as https://traces.example/trace/{trace_id}, not "${value}"`
    )
  },
}

/** An address that is only reached encrypted. */
export const httpsUrl = {
  optional: () => (name: string, value?: string) => {
    if (value === undefined || value === '') return undefined
    if (URL.canParse(value) && new URL(value).protocol === 'https:') return value
    throw new Error(`${name} must be an address that begins with https://`)
  },
}

/** A version of Meta's Graph API, which becomes part of its addresses. */
export const graphVersion = {
  optional: () => (name: string, value?: string) => {
    if (value === undefined || value === '') return undefined
    if (/^v\d{1,3}\.\d{1,3}$/.test(value)) return value
    throw new Error(`${name} must be a version of the Graph API such as v26.0, not "${value}"`)
  },
}

/**
 * The path of the SQLite file that a `sqlite:` or `file:` URL names, relative to the application's root.
 */
export function sqliteFile(url: string | undefined, fallback: string, root: URL): string {
  const path = /^(?:sqlite|file):(?:\/\/)?(.+)$/.exec(url ?? '')?.[1]
  return path ? resolve(fileURLToPath(root), path) : fallback
}

/**
 * The URL of the PostgreSQL server; throws a sentence where `DB_CONNECTION=pg` has none.
 */
export function postgresUrl(connection: string, url: string | undefined): string {
  if (connection !== 'pg') return ''
  if (url && /^postgres(ql)?:\/\//.test(url)) return url
  throw new StartFailure(
    'E_DATABASE_URL',
    'DB_CONNECTION=pg needs DATABASE_URL=postgres://user:password@host:5432/database in .env.'
  )
}

/** What a `redis:` or `rediss:` URL says of a server; nothing where there is none. */
export function redisOptions(url: string | undefined): RedisOptions {
  if (!url) return {}
  const parts = URL.canParse(url) ? new URL(url) : null
  const database = /^\/?(\d*)$/.exec(parts?.pathname ?? '')
  if (!parts || !/^rediss?:$/.test(parts.protocol) || parts.hostname === '' || !database) {
    throw new StartFailure('E_REDIS_URL', 'REDIS_URL must look like redis://user:password@host:6379/0.')
  }
  return {
    host: parts.hostname.replace(/^\[|\]$/g, ''),
    port: Number(parts.port || 6379),
    username: decodeURIComponent(parts.username) || undefined,
    password: decodeURIComponent(parts.password) || undefined,
    db: Number(database[1] || 0),
    ...(parts.protocol === 'rediss:' ? { tls: {} } : {}),
  }
}

interface RedisOptions {
  host?: string
  port?: number
  username?: string
  password?: string
  db?: number
  tls?: object
}
