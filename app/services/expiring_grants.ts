import db from '@adonisjs/lucid/services/db'
import { toInstant } from '#models/columns'
import Connection from '#models/connection'
import { accountsOf } from '#services/account_page'
import { SORT_COLUMNS } from '#services/account_sort'
import { DEADLINE_SOON } from '#services/deadline_warnings'
import { Remembered } from '#services/overview/remembered'

/** Accounts whose grant ends soon: how many there are, and the first of them. */
export interface ExpiringGrants {
  total: number
  first: Connection[]
}

const NAMED = 5
const remembered = new Remembered(() => performance.now())

/**
 * The accounts of an organization that a person has to reconnect within two weeks, the most urgent first. Every open page
 * asks every few seconds, so over a large table the answer is used again for a multiple of what it cost.
 */
export async function expiringGrants(organizationId: string, now: number): Promise<ExpiringGrants> {
  const { ids, total } = await remembered.ask(organizationId, () => find(organizationId, now))
  return { total, first: await accountsOf(organizationId, ids) }
}

/** One pass for both: counting reads all of them anyway. */
async function find(organizationId: string, now: number): Promise<{ ids: string[]; total: number }> {
  const { opens } = SORT_COLUMNS.deadline
  const query = Connection.query()
    .where('organization_id', organizationId)
    .where('is_active', true)
    .whereNull('paused_at')
    .whereIn('status', ['connected', 'token_expired'])
    .where('grant_expires_at', '>', toInstant(now) as number)
    .where('grant_expires_at', '<=', toInstant(now + DEADLINE_SOON) as number)
  if (opens && db.connection().dialect.name !== 'postgres') query.whereRaw(opens)
  const rows = await query
    .pojo<{ id: string; total: number | string }>()
    .select('id', db.raw('count(*) OVER () AS total'))
    .orderBy('grant_expires_at')
    .orderBy('id')
    .limit(NAMED)
  return { ids: rows.map(({ id }) => id), total: Number(rows[0]?.total ?? 0) }
}
