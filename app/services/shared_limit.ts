import limiter from '@adonisjs/limiter/services/main'
import logger from '@adonisjs/core/services/logger'
import redis from '@adonisjs/redis/services/main'
import type { LimiterResponse } from '@adonisjs/limiter'
import { limitStore } from '#config/limiter'

/** `duration`: seconds, or words such as `15 mins`. */
export interface LimitOptions {
  requests: number
  duration: number | string
}

type Store = 'redis' | 'memory'

/** Redis is reported once when it goes away, not with every request. */
let isAway = false

/**
 * Counts what happens under a key. All nodes count together where Redis is configured; while it is away, and without it,
 * each process counts for itself: nobody is refused because of our own trouble.
 */
export function sharedLimit(key: string, options: LimitOptions) {
  const at = (store: Store) => limiter.use(store, options)
  return {
    /** Counts one, and tells where the count stands. */
    increment: () => together((store) => at(store).increment(key)),
    /** Takes one back. */
    decrement: () => together((store) => at(store).decrement(key)),
    /** Where the count stands; null where nothing was counted lately. */
    read: () => together((store) => at(store).get(key)),
    /** Forgets all that was counted. */
    clear: () => together((store) => at(store).delete(key)),
  }
}

/** Whole seconds to wait where a count is beyond its limit, else 0. */
export function secondsToWait({ consumed, limit, availableIn }: LimiterResponse): number {
  return consumed > limit ? Math.max(1, Math.ceil(availableIn)) : 0
}

async function together<T>(work: (store: Store) => Promise<T>): Promise<T> {
  if (limitStore === 'memory') return work('memory')
  try {
    redis.doNotLogErrors()
    const counted = await work('redis')
    isAway = false
    return counted
  } catch (error) {
    if (!isAway) logger.warn({ err: error }, 'Redis is away; limits are counted by each node meanwhile')
    isAway = true
    return work('memory')
  }
}
