import type { ExpiringGrants } from '#services/expiring_grants'
import { millis } from '#transformers/account_facts'
import { accountName } from '#transformers/account_name'

/** The line about grants that end soon, as the list of accounts shows it. */
export function expiringRow({ total, first }: ExpiringGrants) {
  const rows = first.map((one) => ({
    id: one.id,
    name: accountName(one),
    deadline: millis(one.grantExpiresAt),
  }))
  return { total, first: rows }
}
