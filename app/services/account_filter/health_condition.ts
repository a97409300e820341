import type { Health } from '#services/connection_health'
import type { Fragment } from '#services/connection_health_sql'

/** Written as in migration 021, so that its index serves. */
const ATTENTION = `(paused_at IS NOT NULL OR status <> 'connected' OR NOT is_active OR parent_id IS NOT NULL)`

/** What must hold where an account has this word, so that few have to be judged. */
const NECESSARY: Readonly<Partial<Record<Health, string>>> = {
  reconnect: ATTENTION,
  paused: `${ATTENTION} AND paused_at IS NOT NULL`,
  refreshing: 'lease_until IS NOT NULL',
}

/** That an account has this health word, over the table `connections`. `health` is the expression of the moment. */
export function healthCondition(word: Health, health: Fragment): Fragment {
  const judged = `(${health.sql}) = ?`
  const necessary = NECESSARY[word]
  const sql = necessary ? `(${necessary} AND ${judged})` : judged
  return { sql, bindings: [...health.bindings, word] }
}
