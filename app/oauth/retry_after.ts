const SHORTEST = 1_000
const LONGEST = 86_400_000

const SECONDS = /^-?\d+(\.\d+)?$/
// IMF-fixdate, and the two older forms that RFC 9110 §5.6.7 still obliges us to read.
const HTTP_DATE = /^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? .*\d{2}:\d{2}:\d{2}/i

/**
 * The wait that a `Retry-After` asks for (RFC 9110 §10.2.3: seconds or a date), in milliseconds, never under a second
 * and never over a day, so that no answer can make us spin or sleep for years. Null where the header is absent or says
 * nothing that can be understood.
 */
export function readRetryAfter(header: string | null, now: number): number | null {
  const text = header?.trim() ?? ''
  const wait = SECONDS.test(text) ? Number(text) * 1_000 : untilDate(text, now)
  return Number.isNaN(wait) ? null : Math.round(Math.min(Math.max(wait, SHORTEST), LONGEST))
}

function untilDate(text: string, now: number): number {
  // Date.parse alone would take "120" for a year.
  return HTTP_DATE.test(text) ? Date.parse(text) - now : Number.NaN
}
