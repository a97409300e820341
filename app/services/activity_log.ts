import RefreshAttempt from '#models/refresh_attempt'
import { toInstant } from '#models/columns'
import { newestFirst, type Cursor, type ListPage } from '#services/newest_first'
import { NAMED, type Outcome } from '#services/run_pages'
import type { RefreshKind } from '#token_refresh/types'

const HOUR = 60 * 60_000

/** The periods that the log can be narrowed to, in milliseconds before now. */
export const PERIODS = {
  '1h': HOUR,
  '24h': 24 * HOUR,
  '7d': 7 * 24 * HOUR,
  '30d': 30 * 24 * HOUR,
} as const
export type Period = keyof typeof PERIODS

export interface ActivityFilter {
  outcome: Outcome | null
  kind: RefreshKind | null
  provider: string | null
  period: Period | null
}

const PAGE_SIZE = 50

/** One page of the refresh log over all accounts of an organization, newest first, each with its account. */
export function activityPage(
  organizationId: string,
  filter: ActivityFilter,
  cursor: Cursor | null,
  now: number
): Promise<ListPage<RefreshAttempt>> {
  const query = RefreshAttempt.query()
    .where('organization_id', organizationId)
    .preload('connection', (connection) => connection.select(NAMED))
  if (filter.outcome) query.where('outcome', filter.outcome)
  if (filter.kind) query.where('kind', filter.kind)
  if (filter.provider) query.where('provider', filter.provider)
  if (filter.period) query.where('created_at', '>', toInstant(now - PERIODS[filter.period]) as number)
  return newestFirst(query, cursor, PAGE_SIZE)
}

/** Whether any refresh of the organization is in the log. */
export async function hasActivity(organizationId: string): Promise<boolean> {
  return (await RefreshAttempt.query().where('organization_id', organizationId).select('id').first()) !== null
}
