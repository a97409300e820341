import { addressOf } from '#services/people/person_rules'
import { secondsToWait, sharedLimit } from '#services/shared_limit'

const PER_ADDRESS = { requests: 5, duration: '1 hour' }

/**
 * Counts the links that an organization makes for one address, since each is a letter to somebody who may not want it.
 * Withdrawing an invitation and inviting anew forgets nothing.
 */
export function invitationLimit(organizationId: string, email: string) {
  const limit = sharedLimit(`invitation_${organizationId}_${addressOf(email)}`, PER_ADDRESS)
  return {
    /** Counts one; false where it is one too many. */
    allows: async (): Promise<boolean> => secondsToWait(await limit.increment()) === 0,
    /** Takes one back that came to nothing. */
    forgive: () => limit.decrement(),
  }
}
