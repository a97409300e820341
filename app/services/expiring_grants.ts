import { toInstant } from '#models/columns'
import Connection from '#models/connection'
import { DEADLINE_SOON } from '#services/deadline_warnings'

/** Accounts whose grant ends soon: how many there are, and the first of them. */
export interface ExpiringGrants {
  total: number
  first: Connection[]
}

const NAMED = 5

/** The accounts of an organization that a person has to reconnect within two weeks, the most urgent first. */
export async function expiringGrants(organizationId: string, now: number): Promise<ExpiringGrants> {
  const found = () =>
    Connection.query()
      .where('organization_id', organizationId)
      .where('is_active', true)
      .whereNull('paused_at')
      .whereIn('status', ['connected', 'token_expired'])
      .where('grant_expires_at', '>', toInstant(now) as number)
      .where('grant_expires_at', '<=', toInstant(now + DEADLINE_SOON) as number)
  const first = await found().orderBy('grant_expires_at').orderBy('id').limit(NAMED)
  if (first.length < NAMED) return { total: first.length, first }
  const [{ total }] = await found().pojo<{ total: number | string }>().count('* as total')
  return { total: Number(total), first }
}
