/** `never`: no scheduler has left a trace. `late` and `stalled`: two and five intervals without a tick. */
export type Pulse = 'ok' | 'late' | 'stalled' | 'never'

/** Pages look every few seconds, so an interval below this would flicker. */
const SHORTEST_INTERVAL = 2_000
/** A process that starts anew is silent for some seconds, which whoever looks may see and nobody need be told. */
const LEAST_SILENCE = 60_000

/**
 * How long a scheduler that ticks every `interval` may be silent before people are told and processes are taken out of
 * service, in milliseconds.
 */
export function stalledAfter(interval: number | null): number {
  return Math.max(LEAST_SILENCE, 5 * (interval ?? 0))
}

/** The scheduler's condition for whoever looks, by the age of its last tick. Runs in the browser, too: no imports. */
export function schedulerPulse(age: number | null, interval: number | null): Pulse {
  if (age === null) return 'never'
  const expected = Math.max(interval ?? 0, SHORTEST_INTERVAL)
  if (age > 5 * expected) return 'stalled'
  return age > 2 * expected ? 'late' : 'ok'
}
