import type { AttemptDetails, ScopeChange } from '#oauth/types'
import type { Settlement } from '#token_refresh/settlement'

const MOST_NAMES = 50

/** The document as the column holds it; null where there is nothing to tell. */
export function detailsColumn(
  { calls = [], traceId }: Pick<Settlement, 'calls' | 'traceId'>,
  scopes: ScopeChange | null
): string | null {
  if (calls.length === 0 && scopes === null && traceId === undefined) return null
  const traced = traceId === undefined ? {} : { trace_id: traceId }
  return JSON.stringify({ calls, ...(scopes ? { scopes } : {}), ...traced } satisfies AttemptDetails)
}

/**
 * How an answer changed the granted scopes, at most 50 names each way. Null where it names none (they are unchanged, RFC
 * 6749 §5.1), names the same ones in whatever order, or none were known before. Pure.
 */
export function scopeChange(before: readonly string[], after: readonly string[] | null): ScopeChange | null {
  if (after === null || before.length === 0) return null
  // Sets: nobody limits how many names an answer lists, and all other refreshes wait meanwhile.
  const [had, has] = [new Set(before), new Set(after)]
  const added = after.filter((scope) => !had.has(scope))
  const removed = before.filter((scope) => !has.has(scope))
  if (added.length + removed.length === 0) return null
  return { added: added.slice(0, MOST_NAMES), removed: removed.slice(0, MOST_NAMES) }
}

/** Reads the column, which comes as text from SQLite and parsed from PostgreSQL. */
export function readDetails(value: unknown): AttemptDetails | null {
  if (value === null || value === undefined) return null
  return (typeof value === 'string' ? JSON.parse(value) : value) as AttemptDetails
}
