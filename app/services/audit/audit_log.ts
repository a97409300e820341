import type { AccountCursor } from '#services/account_cursor'
import { auditQuery, type AuditFilter } from '#services/audit/audit_query'
import type { Actor, Changes, Outcome } from '#services/audit/types'
import { pageOfRows } from '#services/newest_first'
import type { Row, StoreDriver } from '#store/driver'

/** An entry as people see it. Instants are milliseconds since the epoch. */
export interface AuditEntry {
  id: string
  at: number
  actor: { kind: Actor['kind']; id: string | null; name: string }
  action: string
  target: { kind: string | null; id: string | null; name: string | null }
  ip: string | null
  userAgent: string | null
  requestId: string | null
  outcome: Outcome
  status: number | null
  changes: Changes
  given: Record<string, unknown>
  /** Tokens that were taken: how often, and when last. */
  count: number
  until: number | null
}

/** A page, newest first; the cursors are for the URL, null where there is nothing further. */
export interface AuditPage {
  entries: AuditEntry[]
  next: string | null
  previous: string | null
}

export const PAGE_SIZE = 50
const EXPORT_PAGE = 500

/** Reads the trail of one organization. A page costs the same wherever it lies. */
export class AuditLog {
  constructor(private readonly driver: Pick<StoreDriver, 'read'>) {}

  async page(
    organizationId: string,
    filter: AuditFilter,
    { cursor = null, size = PAGE_SIZE }: { cursor?: AccountCursor | null; size?: number } = {}
  ): Promise<AuditPage> {
    const { sql, values } = auditQuery(organizationId, filter, cursor, size + 1)
    const rows = await this.driver.read(sql, values)
    const { items, next, previous } = pageOfRows(rows, cursor, size)
    return { entries: items.map(toEntry), next, previous }
  }

  /** Everything that the filter selects, newest first, in pages, so that no export is held in memory. */
  async *walk(organizationId: string, filter: AuditFilter): AsyncGenerator<AuditEntry[]> {
    let cursor: AccountCursor | null = null
    for (;;) {
      const { sql, values } = auditQuery(organizationId, filter, cursor, EXPORT_PAGE)
      const entries = (await this.driver.read(sql, values)).map(toEntry)
      if (entries.length > 0) yield entries
      const last = entries.at(-1)
      if (!last || entries.length < EXPORT_PAGE) return
      cursor = { direction: 'next', createdAt: last.at, id: last.id }
    }
  }

  /** Whether anything at all is in the trail. */
  async hasAny(organizationId: string): Promise<boolean> {
    const sql = 'SELECT id FROM audit_events WHERE organization_id = ? LIMIT 1'
    return (await this.driver.read(sql, [organizationId])).length > 0
  }
}

function toEntry(row: Row): AuditEntry {
  const text = (column: string) => row[column] as string | null
  const number = (column: string) => (row[column] === null ? null : Number(row[column]))
  return {
    id: row.id as string,
    at: Number(row.created_at),
    actor: {
      kind: row.actor_kind as Actor['kind'],
      id: text('actor_id'),
      name: row.actor_name as string,
    },
    action: row.action as string,
    target: { kind: text('target_kind'), id: text('target_id'), name: text('target_name') },
    ip: text('ip'),
    userAgent: text('user_agent'),
    requestId: text('request_id'),
    outcome: row.outcome as Outcome,
    status: number('status'),
    changes: document(row.changes) as Changes,
    given: document(row.given) as Record<string, unknown>,
    count: Number(row.count),
    until: number('until_at'),
  }
}

function document(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : value
}
