const DAY = 86_400_000

/** Longest life of an access token that is believed. */
export const LONGEST_TOKEN = 400 * DAY
/** Longest life of a grant that is believed. */
export const LONGEST_GRANT = 3_650 * DAY

const UNITS = { seconds: 1_000, milliseconds: 1, minutes: 60_000 } as const

const NUMBER = /^\d+(\.\d+)?$/

/**
 * A lifetime from an answer in milliseconds, between one second and `longest`. Numbers and numerals are read; null for
 * everything that names no time ahead (absent, zero, negative, infinite, other text), so that a made-up expiry never
 * enters the schedule.
 */
export function readLifetime(value: unknown, unit: keyof typeof UNITS, longest: number): number | null {
  const number = typeof value === 'string' && NUMBER.test(value.trim()) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number) || number <= 0) return null
  return Math.round(Math.min(Math.max(number * UNITS[unit], 1_000), longest))
}

/**
 * A lifetime from an absolute expiry: seconds or milliseconds since the epoch, or a date. Bounded like `readLifetime`;
 * null where it is past or cannot be understood.
 */
export function lifetimeUntil(value: unknown, now: number, longest: number): number | null {
  const number = typeof value === 'string' && NUMBER.test(value.trim()) ? Number(value) : value
  const instant =
    typeof number === 'number' ? number : typeof value === 'string' ? Date.parse(value) : Number.NaN
  // Seconds reach this size in the year 5138, milliseconds reached it in 1973.
  return readLifetime((instant < 100_000_000_000 ? instant * 1_000 : instant) - now, 'milliseconds', longest)
}
