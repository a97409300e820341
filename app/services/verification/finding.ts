import type { AccountProfile, Failure } from '#oauth/types'

/** What the provider says about a token and its account, before anything is concluded from it. */
export type Finding =
  /** `profile` is null where nobody told name and picture. */
  | { type: 'accepted'; profile: AccountProfile | null }
  /** The token is no good (class `rejected` or `unreadable`); a refresh may cure it. */
  | { type: 'refused'; failure: Failure }
  /** The account is suspended, or a person must unlock it. */
  | { type: 'stopped'; failure: Failure }
  /** The token is good, but not ours: of another account, or issued to another client. */
  | { type: 'foreign'; code: 'other_account' | 'other_client' }
  /** Nobody can say: trouble on the way, or, with failure null, no way to ask. */
  | { type: 'unclear'; failure: Failure | null }

/** The finding in a failure of an account endpoint. */
export function findingOf(failure: Failure): Finding {
  switch (failure.class) {
    case 'rejected':
    case 'unreadable':
      return { type: 'refused', failure }
    case 'suspended':
    case 'locked':
      return { type: 'stopped', failure }
    default:
      return { type: 'unclear', failure }
  }
}
