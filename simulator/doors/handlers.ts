import { authorize } from '#simulator/doors/authorize'
import { exchangeCode, grantToClient } from '#simulator/doors/exchange_code'
import { lookAtAccount } from '#simulator/doors/look_at_account'
import { renewToken } from '#simulator/doors/renew_token'
import { revoke } from '#simulator/doors/revoke'
import { succeed, toldOf, type DoorHandler, type Visit } from '#simulator/doors/visit'
import type { Door, DoorKind } from '#simulator/types'

const GRANTS: Readonly<Record<NonNullable<Door['presents']>, DoorHandler>> = {
  code: exchangeCode,
  refresh: renewToken,
  access: renewToken,
  client: grantToClient,
}

/** What each kind of door does with a request of the right shape. */
export const HANDLERS: Readonly<Record<DoorKind, DoorHandler>> = {
  authorize,
  grant: (visit) => GRANTS[visit.door.presents ?? 'refresh'](visit),
  account: lookAtAccount,
  children: lookAtAccount,
  revoke,
  document,
}

/** A public document, such as the metadata of the server. */
function document(visit: Visit) {
  const account = visit.vendor.account(visit.vendor.consenting)
  const access = { ...account.issue('access', visit.now, 0), live: false }
  return succeed(visit, account, null, toldOf(visit, account, { access, refresh: null }))
}
