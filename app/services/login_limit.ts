import { networkOf } from '#services/network_of'
import { secondsToWait, sharedLimit } from '#services/shared_limit'

const PER_PLACE = { requests: 5, duration: '15 mins' }
/** One address trying many accounts. Wider, because offices share an address. */
const PER_ADDRESS = { requests: 50, duration: '15 mins' }
/** Many addresses trying one account. */
const PER_ACCOUNT = { requests: 100, duration: '1 hour' }
/** For how long an address from which the account was opened is known. */
const KNOWN = { requests: 1, duration: '14 days' }

/**
 * Counts sign-in attempts per account and address, per address, and per account from wherever they come. The last must
 * not keep the owner out, so it binds no address from which the account was opened lately, and counts only what the first
 * two let through: who is refused already cannot use it up. Addresses of IPv6 count by their /64.
 */
export function loginLimit(email: string, ip: string) {
  const network = networkOf(ip)
  const place = sharedLimit(`login_${network}_${email}`, PER_PLACE)
  const address = sharedLimit(`login_${network}`, PER_ADDRESS)
  const account = sharedLimit(`login_account_${email}`, PER_ACCOUNT)
  const known = sharedLimit(`login_known_${network}_${email}`, KNOWN)
  return {
    /** Counts one attempt. Seconds to wait where it is one too many, else 0. */
    async count(): Promise<number> {
      const near = [await place.increment(), await address.increment()]
      const wait = Math.max(...near.map(secondsToWait))
      if (wait > 0 || (await known.read()) !== null) return wait
      return secondsToWait(await account.increment())
    },
    /** Takes the attempt back after it succeeded, and knows the address from now on. */
    async forgive(): Promise<void> {
      await place.clear()
      await address.decrement()
      if ((await known.read()) === null) await account.decrement()
      await known.clear()
      await known.increment()
    },
  }
}

/** Counts tries at the address of the first set-up by their network, as narrowly as sign-ins at one account. */
export function setupLimit(ip: string) {
  const place = sharedLimit(`setup_${networkOf(ip)}`, PER_PLACE)
  return {
    /** Counts one attempt. Seconds to wait where it is one too many, else 0. */
    count: async (): Promise<number> => secondsToWait(await place.increment()),
    /** Takes all attempts back after one succeeded. */
    forgive: () => place.clear(),
  }
}
