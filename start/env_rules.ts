import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import string from '@adonisjs/core/helpers/string'
import { StartFailure } from '#exceptions/start_failure'

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
