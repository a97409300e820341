import type { TokenRecord } from '#simulator/account'
import {
  credentialIn,
  fail,
  failAs,
  refuse,
  saidFailure,
  succeed,
  toldOf,
  type Outcome,
  type Visit,
} from '#simulator/doors/visit'
import { isUsable, renew, type RefreshOrder } from '#simulator/issuing'

/** A refresh (RFC 6749 §6), or the exchange of an access token where the vendor renews that one. */
export function renewToken(visit: Visit): Outcome {
  const { vendor, door } = visit
  const presented = credentialIn(visit)
  if (presented === null) return refuse(visit, 'param')
  const token = vendor.token(presented, door.presents === 'access' ? 'access' : 'refresh')
  if (!token) return failAs(visit, 'dead', 'token', presented, null)
  const said = saidFailure(token.account, 'token')
  if (said && 'failure' in said) {
    if (said.failure.case === 'dead') token.account.revoke()
    return fail(token.account, presented, said.failure)
  }
  return said ? inMode(visit, token, said.mode) : grant(visit, token, {})
}

type Mode = Partial<Pick<RefreshOrder, 'rotate' | 'withhold' | 'extend'>> & { lost?: boolean }

const ORDERS: Readonly<Record<string, Mode>> = {
  rotated: { rotate: true },
  not_rotated: { rotate: false },
  without_refresh_token: { withhold: true },
  extended: { extend: true },
  not_extended: { extend: false },
  lost: { lost: true },
}

function inMode(visit: Visit, token: TokenRecord, mode: string): Outcome {
  if (mode === 'false_revocation') {
    return { ...failAs(visit, 'dead', 'token', token.value, token.account), verdict: mode }
  }
  // Whoever was faster got the successor; we present what is spent.
  if (mode === 'double_use') renew({ ...PLAIN, presented: token, now: visit.now, rotate: true })
  return grant(visit, token, ORDERS[mode] ?? {})
}

const PLAIN = { rotate: null, withhold: false, extend: null }

function grant(visit: Visit, token: TokenRecord, { lost = false, ...mode }: Mode): Outcome {
  const { vendor, now } = visit
  const { account, value } = token
  if (token.spentAt !== null) account.reuses += 1
  if (!isUsable(token, now)) return failAs(visit, 'dead', 'token', value, account)
  const { minimumAge = 0 } = vendor.dialect.tokens
  if (token.longLived && now - token.issuedAt < minimumAge) return refuse(visit, 'too_young', value)
  const issued = renew({ ...PLAIN, ...mode, presented: token, now })
  if (lost) return { reply: 'cut', account, presented: value, verdict: 'lost', violation: null }
  return succeed(visit, account, value, toldOf(visit, account, issued))
}
