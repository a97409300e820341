import { credentialIn, fail, refuse, succeed, toldOf, type Outcome, type Visit } from '#simulator/doors/visit'

/** A revocation (RFC 7009). An unknown token is an error only where the dialect says so. */
export function revoke(visit: Visit): Outcome {
  const { vendor, door } = visit
  const presented = credentialIn(visit)
  if (presented === null) return refuse(visit, 'param')
  const token = vendor.token(presented, 'refresh') ?? vendor.token(presented, 'access')
  const complaint = vendor.dialect.failures.find(({ name }) => name === 'revoke_unknown')
  if (!token && complaint) return fail(null, presented, complaint)
  const account = token?.account ?? vendor.account(vendor.consenting)
  if (token && door.ends === 'grant') token.account.revoke()
  if (token) token.live = false
  const access = token ?? account.issue('access', visit.now, 0)
  return succeed(visit, account, presented, toldOf(visit, account, { access, refresh: null }))
}
