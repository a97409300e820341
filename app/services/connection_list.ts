import { toInstant } from '#models/columns'
import type Connection from '#models/connection'
import { CONNECTION_STATUSES } from '#models/connection'
import { EVERYTHING, type AccountQuery } from '#services/account_filter/account_filter'
import { filtered, narrowTo, type HealthExpression } from '#services/account_list'
import { HEALTH_WORDS } from '#services/connection_health'
import { newestFirst, type Cursor, type ListPage } from '#services/newest_first'

/** A stored status, or a health word. */
export const LIST_STATUSES = [...CONNECTION_STATUSES, ...HEALTH_WORDS] as const

/** What a list of connections is narrowed to; every condition must hold. */
export interface ConnectionListFilter {
  provider: string | null
  status: (typeof LIST_STATUSES)[number] | null
  owner: string | null
  /** Only tokens that end before this instant, in milliseconds. */
  expiresBefore: number | null
  search: AccountQuery
}

const PAGE_SIZE = 50

/** One page of an organization's connections, newest first. */
export function connectionList(
  organizationId: string,
  filter: ConnectionListFilter,
  { cursor = null, size = PAGE_SIZE }: { cursor?: Cursor | null; size?: number },
  health: HealthExpression
): Promise<ListPage<Connection>> {
  const { provider, status, owner, expiresBefore, search } = filter
  const query = filtered(organizationId, { provider, search }, health)
  const stored = CONNECTION_STATUSES.find((one) => one === status)
  const word = HEALTH_WORDS.find((one) => one === status) ?? null
  if (stored) query.where('status', stored)
  if (word) narrowTo(query, { search: EVERYTHING, health: word }, health)
  if (owner !== null) query.where('owner', owner)
  if (expiresBefore !== null) query.where('token_expires_at', '<', toInstant(expiresBefore) as number)
  return newestFirst(query.preload('parent'), cursor, size)
}
