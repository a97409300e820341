import { waitAfter } from '#notifications/backoff'
import type { Receipt } from '#notifications/types'
import type { Random } from '#oauth/types'

/** What becomes of a message after an attempt. */
export type Outcome =
  | { type: 'delivered' }
  /** Tried again after so many milliseconds. */
  | { type: 'again'; wait: number }
  /** Nobody tries again by itself. `gone`: the receiver is no more. */
  | { type: 'dead'; gone: boolean }

interface Situation {
  attempts: number
  isTest: boolean
  backoff: readonly number[]
  random: Random
}

/** Decides by the receipt. A test is tried once: somebody is looking. */
export function decideOutcome(receipt: Receipt, { attempts, isTest, ...waiting }: Situation): Outcome {
  switch (receipt.type) {
    case 'delivered':
      return { type: 'delivered' }
    case 'gone':
      return { type: 'dead', gone: true }
    case 'refused':
      return { type: 'dead', gone: false }
    case 'later': {
      const wait = isTest ? null : waitAfter(attempts, { ...waiting, retryAfter: receipt.retryAfter })
      return wait === null ? { type: 'dead', gone: false } : { type: 'again', wait }
    }
  }
}
