import { fault, faultWords, type Fault } from '#oauth/fault'

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/

/**
 * Milliseconds of a duration such as `'500ms'`, `'20s'`, `'15m'`, `'1h'` or `'30d'`. A number is milliseconds already.
 * The result is a whole number, zero or more. Throws a `RangeError` that shows the text for anything else.
 */
export function parseDuration(input: string | number): number {
  const milliseconds = typeof input === 'number' ? input : millisecondsOf(input)
  if (!Number.isFinite(milliseconds) || milliseconds < 0) {
    throw new RangeError(faultWords(notADuration(input)))
  }
  return Math.round(milliseconds)
}

/** What is wrong with a text that `parseDuration` does not take. */
export function notADuration(input: string | number): Fault {
  return fault('no_duration', { text: JSON.stringify(input) })
}

function millisecondsOf(text: string): number {
  const match = DURATION.exec(String(text).trim())
  return match ? Number(match[1]) * UNITS[match[2] as keyof typeof UNITS] : Number.NaN
}
