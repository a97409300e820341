import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import string from '@adonisjs/core/helpers/string'

function parseDuration(name: string, value: string): number {
  const milliseconds = /^\d+(\.\d+)?\s*(ms|s|m|h|d)$/.test(value)
    ? string.milliseconds.parse(value)
    : Number.NaN
  if (!Number.isFinite(milliseconds) || milliseconds <= 0) {
    throw new Error(`${name} must be a duration such as 500ms, 20s, 15m or 12h, not "${value}"`)
  }
  return milliseconds
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
