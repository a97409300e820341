import type { AccountCursor } from '#services/account_cursor'
import { ACTIONS, HAND_OUT, type ActionGroup, type AuditAction } from '#services/audit/actions'
import type { Outcome } from '#services/audit/types'
import type { Value } from '#store/driver'

/** What to narrow the trail to. Times in milliseconds since the epoch. */
export interface AuditFilter {
  /** One entry. */
  id?: string | null
  /** `hand_outs`: tokens that left by the API; nothing said: everything else. */
  show: 'actions' | 'hand_outs' | 'both'
  group: ActionGroup | null
  /** Nothing but these. */
  actions?: readonly AuditAction[]
  outcome: Outcome | null
  actorId: string | null
  /** Words of the actor's name. */
  actor: string | null
  targetId: string | null
  target: string | null
  from: number | null
}

/**
 * One page, newest first (oldest first where the cursor goes back). The condition that the partial indexes stand on is
 * written out, because a database can prove it of constants only.
 */
export function auditQuery(
  organizationId: string,
  filter: AuditFilter,
  cursor: AccountCursor | null,
  size: number
): { sql: string; values: Value[] } {
  const conditions = ['organization_id = ?']
  const values: Value[] = [organizationId]
  const add = (condition: string, ...more: Value[]) => {
    conditions.push(condition)
    values.push(...more)
  }
  if (filter.id) add('id = ?', filter.id)
  if (filter.show !== 'both') add(`action ${filter.show === 'hand_outs' ? '=' : '<>'} '${HAND_OUT}'`)
  if (filter.group) {
    const actions = ACTIONS[filter.group].map((word) => `${filter.group}.${word}`)
    add(oneOf('action', actions), ...actions)
  }
  if (filter.actions) add(oneOf('action', filter.actions), ...filter.actions)
  if (filter.outcome) add('outcome = ?', filter.outcome)
  if (filter.actorId) add('actor_id = ?', filter.actorId)
  if (filter.targetId) add('target_id = ?', filter.targetId)
  if (filter.actor) add(CONTAINS('actor_name'), likeOf(filter.actor))
  if (filter.target) add(CONTAINS('target_name'), likeOf(filter.target))
  if (filter.from !== null) add('created_at >= ?t', filter.from)
  const backwards = cursor?.direction === 'previous'
  if (cursor) add(`(created_at, id) ${backwards ? '>' : '<'} (?t, ?)`, cursor.createdAt, cursor.id)
  const order = backwards ? 'ASC' : 'DESC'
  const sql = `SELECT * FROM audit_events WHERE ${conditions.join(' AND ')}
    ORDER BY created_at ${order}, id ${order} LIMIT ?`
  return { sql, values: [...values, size] }
}

const oneOf = (column: string, values: readonly string[]) =>
  `${column} IN (${values.map(() => '?').join(', ')})`
const CONTAINS = (column: string) => `lower(${column}) LIKE ? ESCAPE '!'`

/** Words as a pattern that finds them anywhere. */
function likeOf(words: string): string {
  return `%${words.toLowerCase().replace(/[!%_]/g, '!$&')}%`
}
