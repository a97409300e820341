import { optionalText } from '#oauth/own'
import type { LimitedAnswer, Provider, RateLimitReset } from '#oauth/types'

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
  return clamped(wait)
}

/**
 * How long a limited answer asks to wait, in milliseconds and within the bounds of `readRetryAfter`: what `Retry-After`
 * says, else the provider's own headers, else what its definition reads from the answer. Null where nothing tells;
 * never throws.
 */
export function readWait(
  provider: Pick<Provider, 'rateLimitResets' | 'rateLimitWait'>,
  answer: LimitedAnswer
): number | null {
  const { headers, receivedAt } = answer
  const told = readRetryAfter(headers.get('retry-after'), receivedAt)
  if (told !== null) return told
  for (const reset of provider.rateLimitResets) {
    const wait = clamped(untilReset(reset, headers, receivedAt))
    if (wait !== null) return wait
  }
  try {
    return clamped(provider.rateLimitWait?.(answer) ?? Number.NaN)
  } catch {
    // A definition reads the shape it knows; an answer of another shape tells no time.
    return null
  }
}

const IN_MILLISECONDS = { epoch_seconds: 1_000, seconds_left: 1_000, minutes_left: 60_000 } as const

function untilReset({ header, unit }: RateLimitReset, headers: Headers, now: number): number {
  const text = optionalText(headers.get(header)?.trim())
  if (text === undefined || !SECONDS.test(text)) return Number.NaN
  const value = Number(text) * IN_MILLISECONDS[unit]
  return unit === 'epoch_seconds' ? value - now : value
}

function clamped(wait: unknown): number | null {
  if (typeof wait !== 'number' || Number.isNaN(wait)) return null
  return Math.round(Math.min(Math.max(wait, SHORTEST), LONGEST))
}

function untilDate(text: string, now: number): number {
  // Date.parse alone would take "120" for a year.
  return HTTP_DATE.test(text) ? Date.parse(text) - now : Number.NaN
}
