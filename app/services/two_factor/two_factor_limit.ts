import { secondsToWait, sharedLimit } from '#services/shared_limit'

/** Codes are short: whoever knows the password gets five tries, from wherever they come. */
const PER_PERSON = { requests: 5, duration: '15 mins' }

/** Counts tries at a second factor, of one person. */
export function twoFactorLimit(userId: string) {
  const person = sharedLimit(`two_factor_${userId}`, PER_PERSON)
  return {
    /** Counts one try. Seconds to wait where it is one too many, else 0. */
    count: async (): Promise<number> => secondsToWait(await person.increment()),
    /** Forgets all tries after one succeeded. */
    forgive: async (): Promise<void> => void (await person.clear()),
  }
}
