import limiter from '@adonisjs/limiter/services/main'

/** Codes are short: whoever knows the password gets five tries, from wherever they come. */
const PER_PERSON = { requests: 5, duration: '15 mins' }

/** Counts tries at a second factor, of one person. */
export function twoFactorLimit(userId: string) {
  const [person, key] = [limiter.use(PER_PERSON), `two_factor_${userId}`]
  return {
    /** Counts one try. Seconds to wait where it is one too many, else 0. */
    async count(): Promise<number> {
      const { consumed, limit, availableIn } = await person.increment(key)
      return consumed > limit ? Math.max(1, Math.ceil(availableIn)) : 0
    },
    /** Forgets all tries after one succeeded. */
    async forgive(): Promise<void> {
      await person.delete(key)
    },
  }
}
