import {
  credentialIn,
  fail,
  failAs,
  saidFailure,
  succeed,
  toldOf,
  type Outcome,
  type Visit,
} from '#simulator/doors/visit'

/** A validation or profile endpoint, and the list of accounts that derive from one. */
export function lookAtAccount(visit: Visit): Outcome {
  const { vendor, door, now } = visit
  const place = door.place ?? 'profile'
  const presented = credentialIn(visit)
  const token = presented === null ? null : vendor.token(presented, 'access')
  if (!token?.live || (token.expiresAt !== null && token.expiresAt <= now)) {
    return failAs(visit, 'token_refused', place, presented, token?.account ?? null)
  }
  const { account } = token
  const said = saidFailure(account, place)
  if (said && 'failure' in said) return fail(account, presented, said.failure)
  return succeed(visit, account, presented, toldOf(visit, account, { access: token, refresh: null }))
}
