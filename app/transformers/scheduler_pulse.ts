/** `never`: no scheduler has run yet. `late` and `stalled`: twice and five times the interval without a tick. */
export type Pulse = 'ok' | 'late' | 'stalled' | 'never'

/** Pages look every few seconds, so an interval below this would flicker. */
const SHORTEST_INTERVAL = 2_000

/** The scheduler's condition from the age of its last tick. Runs in the browser, too: no imports. */
export function schedulerPulse(age: number | null, interval: number | null): Pulse {
  if (age === null) return 'never'
  const expected = Math.max(interval ?? 0, SHORTEST_INTERVAL)
  if (age > 5 * expected) return 'stalled'
  return age > 2 * expected ? 'late' : 'ok'
}
