import type { CallRecord } from '#oauth/types'
import type { AccountCursor } from '#services/account_cursor'
import type { Figure } from '#services/figures/figure'
import type { FigureQuery, Figures } from '#services/figures/figures'
import { pageOfRows } from '#services/newest_first'
import { logQuery, type LogFilter } from '#services/refresh_log/log_query'
import type { Row, StoreDriver } from '#store/driver'
import { readDetails } from '#token_refresh/attempt_details'
import type { RefreshKind } from '#token_refresh/types'

/** One attempt, as the log keeps it (M3). Instants are milliseconds since the epoch. */
export interface LogEntry {
  id: string
  at: number
  connectionId: string
  runId: string | null
  provider: string
  kind: RefreshKind
  outcome: 'success' | 'failed' | 'superseded'
  /** The failure's class, the provider's own code (or `not_extended`) and its words, which are for operators only. */
  reason: string | null
  code: string | null
  message: string | null
  httpStatus: number | null
  strike: number
  transition: string | null
  durationMs: number
  /** Its requests to the provider; none where none were made, or an older version wrote the entry. */
  calls: readonly CallRecord[]
  /** The trace (W3C Trace Context) that it was told under; null where nobody traced. */
  traceId: string | null
  oldExpiresAt: number | null
  newExpiresAt: number | null
}

/** A page of the log, newest first; the cursors are for the next call, null where there is nothing further. */
export interface LogPage {
  entries: LogEntry[]
  next: string | null
  previous: string | null
}

export type Rate = Pick<Figure, 'attempts' | 'success' | 'failed' | 'successRate'> & {
  provider: string
  kind: string
}

const PAGE_SIZE = 50

/** Queries over the refresh log of one organization. A page costs the same wherever it lies and however long the log is. */
export class RefreshLog {
  constructor(
    private readonly driver: StoreDriver,
    private readonly figures: Pick<Figures, 'figures'>
  ) {}

  /** What was tried last. */
  async recent(
    organizationId: string,
    filter: LogFilter = {},
    { cursor = null, size = PAGE_SIZE }: { cursor?: AccountCursor | null; size?: number } = {}
  ): Promise<LogPage> {
    const { sql, values } = logQuery(organizationId, filter, cursor, size + 1)
    const rows = await this.driver.read(sql, values)
    const { items, next, previous } = pageOfRows(rows, cursor, size)
    return { entries: items.map(toEntry), next, previous }
  }

  /** What failed last. */
  failed(
    organizationId: string,
    filter: Omit<LogFilter, 'outcome'> = {},
    page: { cursor?: AccountCursor | null; size?: number } = {}
  ): Promise<LogPage> {
    return this.recent(organizationId, { ...filter, outcome: 'failed' }, page)
  }

  /** Success rates per provider and kind; of a period that is older than the log, from the hourly figures. */
  async successRates(organizationId: string, query: FigureQuery): Promise<Rate[]> {
    const { cells } = await this.figures.figures(organizationId, query)
    return cells.map(({ provider, kind, attempts, success, failed, successRate }) => ({
      ...{ provider, kind, attempts, success, failed, successRate },
    }))
  }
}

function toEntry(row: Row): LogEntry {
  const instant = (value: unknown) => (value === null ? null : Number(value))
  const details = readDetails(row.details)
  return {
    id: row.id as string,
    at: Number(row.created_at),
    connectionId: row.connection_id as string,
    runId: row.run_id as string | null,
    provider: row.provider as string,
    kind: row.kind as RefreshKind,
    outcome: row.outcome as LogEntry['outcome'],
    reason: row.failure_class as string | null,
    code: row.error_code as string | null,
    message: row.error_message as string | null,
    httpStatus: row.http_status as number | null,
    strike: Number(row.strike),
    transition: row.transition as string | null,
    durationMs: Number(row.duration_ms),
    calls: details?.calls ?? [],
    traceId: details?.trace_id ?? null,
    oldExpiresAt: instant(row.old_expires_at),
    newExpiresAt: instant(row.new_expires_at),
  }
}
