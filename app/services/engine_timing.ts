import type { GateTiming } from '#token_refresh/client_gate'
import type { RefreshTiming } from '#token_refresh/types'

/** What of the configuration the timing of leases and gates follows from. */
export interface TimingSettings {
  timing: Pick<RefreshTiming, 'rateLimitWait' | 'configurationProbe'>
  breaker: { failures: number; probe: number }
  requestDeadline: number
}

/** Length of a lease: twice the request's total time plus room for the queue before it and the commit after it. */
export function leaseFor(requestDeadline: number): number {
  return 2 * requestDeadline + 20_000
}

/** The timing of every gate; a probe may stay unanswered for as long as a lease holds. */
export function gateTimingOf({ timing, breaker, requestDeadline }: TimingSettings): GateTiming {
  return {
    rateLimitWait: timing.rateLimitWait,
    configurationProbe: timing.configurationProbe,
    breakerFailures: breaker.failures,
    breakerProbe: breaker.probe,
    probePatience: leaseFor(requestDeadline),
  }
}
