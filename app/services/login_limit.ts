import limiter from '@adonisjs/limiter/services/main'

const PER_ACCOUNT = { requests: 5, duration: '15 mins' }
/** One address trying many accounts. Wider, because offices share an address. */
const PER_ADDRESS = { requests: 50, duration: '15 mins' }

/** Counts sign-in attempts per account and address, and per address. */
export function loginLimit(email: string, ip: string) {
  const account = { limiter: limiter.use(PER_ACCOUNT), key: `login_${ip}_${email}` }
  const address = { limiter: limiter.use(PER_ADDRESS), key: `login_${ip}` }
  return {
    /** Counts one attempt. Seconds to wait where it is one too many, else 0. */
    async count(): Promise<number> {
      const counted = [
        await account.limiter.increment(account.key),
        await address.limiter.increment(address.key),
      ]
      const exceeded = counted.filter(({ consumed, limit }) => consumed > limit)
      return Math.max(0, ...exceeded.map(({ availableIn }) => Math.max(1, Math.ceil(availableIn))))
    },
    /** Takes the attempt back after it succeeded. */
    async forgive(): Promise<void> {
      await account.limiter.delete(account.key)
      await address.limiter.decrement(address.key)
    },
  }
}
