import { apiLimit } from '#config/limiter'
import { sharedLimit } from '#services/shared_limit'

/** How many requests a key has left. `reset`: seconds until all are there again. */
export interface LimitState {
  limit: number
  remaining: number
  reset: number
  exceeded: boolean
}

/** Counts one request of a key. */
export async function countRequest(keyId: string): Promise<LimitState> {
  const counted = await sharedLimit(`api_${keyId}`, apiLimit).increment()
  const { limit, remaining, consumed, availableIn } = counted
  const reset = Math.max(1, Math.ceil(availableIn))
  return { limit, remaining: Math.max(0, remaining), reset, exceeded: consumed > limit }
}
