import type { Random } from '#oauth/types'
import type { RefreshTiming } from '#token_refresh/types'

const JITTER = 0.3
const LONGEST = 5 * 60_000

/**
 * Milliseconds to wait after the `failures`-th failure in a row (1 or more). The first `retryAttempts` waits double
 * from `retryBase` and stay within `retryCap` (1 s, 2 s, 4 s by default); later ones go on doubling up to five
 * minutes. Each gets 0–30 % on top, so that a herd disperses.
 */
export function backoff(failures: number, timing: RefreshTiming, random: Random): number {
  const doubled = timing.retryBase * 2 ** Math.min(failures - 1, 30)
  const wait = Math.min(doubled, failures <= timing.retryAttempts ? timing.retryCap : LONGEST)
  return Math.round(wait * (1 + JITTER * random()))
}
