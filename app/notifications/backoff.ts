import type { Random } from '#oauth/types'

const LONGEST = 24 * 60 * 60_000
/** Messages that failed together do not come back together. */
const JITTER = 0.2

interface Waiting {
  /** Waits between attempts, in milliseconds. */
  backoff: readonly number[]
  /** What the receiver asked for, in milliseconds. */
  retryAfter: number | null
  random: Random
}

/**
 * How long to wait after this many attempts, in milliseconds: the step of the schedule and up to a fifth more, or what the
 * receiver asks for where that is longer, but never more than a day for its sake. Null where the attempts are used up.
 */
export function waitAfter(attempts: number, { backoff, retryAfter, random }: Waiting): number | null {
  const step = backoff[attempts - 1]
  if (step === undefined) return null
  const own = Math.round(step * (1 + JITTER * random()))
  return Math.max(own, Math.min(retryAfter ?? 0, LONGEST))
}
