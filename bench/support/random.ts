import { createHash } from 'node:crypto'
import type { Random } from '#oauth/types'

/** Chance that repeats itself: the same seed gives the same draws (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Text that looks like a token: 40 characters that follow from seed, kind and index. */
export function tokenText(kind: string, seed: number, index: number): string {
  return `${kind}-0-${createHash('sha1').update(`${kind}|${seed}|${index}`).digest('hex').slice(0, 35)}`
}
