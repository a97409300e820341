import { performance } from 'node:perf_hooks'
import type { Clock } from '#oauth/types'

/** The host's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}
