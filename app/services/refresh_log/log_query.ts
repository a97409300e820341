import type { AccountCursor } from '#services/account_cursor'
import type { Value } from '#store/driver'
import type { RefreshKind } from '#token_refresh/types'

/** What to narrow the refresh log to. Times in milliseconds since the epoch; the end is excluded. */
export interface LogFilter {
  from?: number
  to?: number
  kind?: RefreshKind
  provider?: string
  outcome?: 'success' | 'failed' | 'superseded'
  connectionId?: string
}

export interface LogStatement {
  sql: string
  values: Value[]
}

/**
 * One page of the log, newest first (oldest first where the cursor goes back). Conditions that a partial index stands on
 * are written out, because a database can prove them of constants only.
 */
export function logQuery(
  organizationId: string,
  filter: LogFilter,
  cursor: AccountCursor | null,
  size: number
): LogStatement {
  const backwards = cursor?.direction === 'previous'
  const conditions = ['organization_id = ?']
  const values: Value[] = [organizationId]
  const add = (condition: string, ...more: Value[]) => {
    conditions.push(condition)
    values.push(...more)
  }
  if (filter.connectionId !== undefined) add('connection_id = ?', filter.connectionId)
  if (filter.provider !== undefined) add('provider = ?', filter.provider)
  if (filter.kind !== undefined) add('kind = ?', filter.kind)
  if (filter.kind !== undefined && filter.kind !== 'scheduled') add("kind <> 'scheduled'")
  if (filter.outcome === 'failed') add("outcome = 'failed'")
  else if (filter.outcome !== undefined) add('outcome = ?', filter.outcome)
  if (filter.from !== undefined) add('created_at >= ?t', filter.from)
  if (filter.to !== undefined) add('created_at < ?t', filter.to)
  if (cursor) add(`(created_at, id) ${backwards ? '>' : '<'} (?t, ?)`, cursor.createdAt, cursor.id)
  const order = backwards ? 'ASC' : 'DESC'
  const sql = `SELECT * FROM refresh_attempts WHERE ${conditions.join(' AND ')}
    ORDER BY created_at ${order}, id ${order} LIMIT ?`
  return { sql, values: [...values, size] }
}
