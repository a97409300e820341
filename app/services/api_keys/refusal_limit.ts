import limiter from '@adonisjs/limiter/services/main'
import { networkOf } from '#services/network_of'
import { secondsToWait } from '#services/shared_limit'

/** `duration`: seconds. */
const PER_ADDRESS = { requests: 60, duration: 60 }

/**
 * Counts keys that were refused, per address. Each process counts for itself: what is spared is its own work, since a
 * key is too long to be guessed.
 */
export function refusalLimit(ip: string) {
  const [counts, key] = [limiter.use('memory', PER_ADDRESS), `refused_${networkOf(ip)}`]
  return {
    /** Counts one. Seconds to wait where it is one too many, else 0. */
    count: async (): Promise<number> => secondsToWait(await counts.increment(key)),
    /** Whether no key that is unknown here should be looked up for this address. */
    isReached: async (): Promise<boolean> => ((await counts.get(key))?.remaining ?? 1) <= 0,
  }
}
