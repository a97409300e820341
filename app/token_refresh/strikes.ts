import type { Provider } from '#oauth/types'
import type { RefreshTiming } from '#token_refresh/types'

/** The timing at a provider, whose definition may have its own words about strikes. */
export function timingAt({ refresh }: Provider, timing: RefreshTiming): RefreshTiming {
  const { strikeRetry = timing.strikeRetry, strikeSpacing = timing.strikeSpacing } = refresh
  return { ...timing, strikeRetry, strikeSpacing }
}

/** What a strike does to a connection: its number, and when the first one fell, if that still waits for a second. */
export interface StrikeVerdict {
  strike: 0 | 1 | 2
  tokenRefreshFailedAt: number | null
  retryAt: number | null
}

/**
 * The two-strike rule (T5). The first strike is remembered and tried again after `strikeRetry`; a second one within
 * `strikeWindow` confirms it. One that follows earlier than `strikeSpacing` does not count, one later than the window
 * counts as a first one. A first strike that lies in the future comes from a clock that was set back: it starts anew.
 */
export function strike(
  firstAt: number | null,
  now: number,
  strikes: 1 | 2,
  timing: RefreshTiming
): StrikeVerdict {
  if (strikes === 1) return { strike: 2, tokenRefreshFailedAt: null, retryAt: null }
  const elapsed = firstAt === null ? null : now - firstAt
  if (elapsed === null || firstAt === null || elapsed < 0 || elapsed >= timing.strikeWindow) {
    return { strike: 1, tokenRefreshFailedAt: now, retryAt: now + timing.strikeRetry }
  }
  if (elapsed < timing.strikeSpacing) {
    const retryAt = Math.max(firstAt + timing.strikeRetry, firstAt + timing.strikeSpacing)
    return { strike: 0, tokenRefreshFailedAt: firstAt, retryAt }
  }
  return { strike: 2, tokenRefreshFailedAt: null, retryAt: null }
}
