import limiter from '@adonisjs/limiter/services/main'
import logger from '@adonisjs/core/services/logger'
import redis from '@adonisjs/redis/services/main'
import { apiLimit } from '#config/limiter'

/** How many requests a key has left. `reset`: seconds until all are there again. */
export interface LimitState {
  limit: number
  remaining: number
  reset: number
  exceeded: boolean
}

/** Redis is reported once when it goes away, not with every request. */
let isAway = false

/**
 * Counts one request of a key. Where Redis counts and is away, this process counts for itself meanwhile: callers are never
 * refused because of our own trouble.
 */
export async function countRequest(keyId: string): Promise<LimitState> {
  const counted = apiLimit.store === 'redis' ? await countTogether(keyId) : await count('memory', keyId)
  const { limit, remaining, consumed, availableIn } = counted
  const reset = Math.max(1, Math.ceil(availableIn))
  return { limit, remaining: Math.max(0, remaining), reset, exceeded: consumed > limit }
}

async function countTogether(keyId: string) {
  try {
    redis.doNotLogErrors()
    const counted = await count('redis', keyId)
    isAway = false
    return counted
  } catch (error) {
    if (!isAway) logger.warn({ err: error }, 'Redis is away; API limits are counted by each node meanwhile')
    isAway = true
    return count('memory', keyId)
  }
}

function count(store: 'memory' | 'redis', keyId: string) {
  const { requests, duration } = apiLimit
  return limiter.use(store, { requests, duration }).increment(`api_${keyId}`)
}
