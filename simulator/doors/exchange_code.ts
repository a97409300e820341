import { createHash } from 'node:crypto'
import {
  credentialIn,
  failAs,
  refuse,
  saidFailure,
  succeed,
  toldOf,
  type Outcome,
  type Visit,
} from '#simulator/doors/visit'
import { issuePair } from '#simulator/issuing'
import type { Code } from '#simulator/vendor'

/** The exchange of an authorization code (RFC 6749 §4.1.3). A code serves once. */
export function exchangeCode(visit: Visit): Outcome {
  const { vendor, door, params, now } = visit
  const presented = credentialIn(visit)
  const code = presented === null ? null : (vendor.codes.get(presented) ?? null)
  if (presented) vendor.codes.delete(presented)
  if (!code || code.expiresAt <= now || code.redirectUri !== params.redirect_uri) {
    return { ...refuse(visit, 'code', presented), violation: presented === null ? 'param' : null }
  }
  if (!verifies(code, params.code_verifier)) return refuse(visit, 'verifier', presented)
  const { account } = code
  const said = saidFailure(account, 'token')
  if (said && 'failure' in said) {
    const { failure } = said
    return { reply: failure, account, presented, verdict: failure.name, violation: null }
  }
  const issued = issuePair(account, now, code.offline, door.shortLife)
  return succeed(visit, account, presented, toldOf(visit, account, issued, code.asked))
}

function verifies({ challenge }: Code, verifier: string | undefined): boolean {
  if (challenge === null) return true
  return verifier !== undefined && createHash('sha256').update(verifier).digest('base64url') === challenge
}

/** Tokens for the client itself (RFC 6749 §4.4): they belong to the one account that stands for it. */
export function grantToClient(visit: Visit): Outcome {
  const { vendor, now } = visit
  const account = vendor.account(vendor.consenting)
  const said = saidFailure(account, 'token')
  if (said && 'failure' in said) {
    return { reply: said.failure, account, presented: null, verdict: said.failure.name, violation: null }
  }
  if (said && said.mode === 'false_revocation') return failAs(visit, 'dead', 'token', null, account)
  const { accessLife } = vendor.dialect.tokens
  account.refreshes += 1
  const issued = { access: account.issue('access', now, accessLife), refresh: null }
  return succeed(visit, account, null, toldOf(visit, account, issued))
}
