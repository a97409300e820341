export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** A header that names the end of a limit as seconds since the epoch. */
export const epochIn = (seconds: number) => (now: number) => String(Math.floor(now / 1_000) + seconds)
