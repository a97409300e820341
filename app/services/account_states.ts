import db from '@adonisjs/lucid/services/db'
import { fromInstant, toInstant } from '#models/columns'
import type Connection from '#models/connection'
import type { Health } from '#services/connection_health'

/** What an account was from one instant to another, in milliseconds. */
export interface StateSpan {
  from: number
  to: number
  health: Health
}

interface Mark {
  at: number
  health: Health
}

/** What each change of condition in the refresh log leads to. */
const AFTER: Readonly<Record<string, Health>> = {
  ...{ first_strike: 'retrying', lapsed: 'retrying', recovered: 'healthy', not_extended: 'healthy' },
  ...{ deactivated: 'reconnect', suspended: 'reconnect', locked: 'reconnect' },
}
/** More changes than that in one strip are no strip any more. */
const MOST = 500

/** The changes of an account's condition since an instant, and the last one before it, oldest first. */
export async function stateMarks(connection: Connection, from: number): Promise<Mark[]> {
  const changes = () =>
    db
      .from('refresh_attempts')
      .where('connection_id', connection.id)
      .whereNotNull('transition')
      .select('transition', 'created_at')
      .orderBy('created_at', 'desc')
  const since = await changes()
    .where('created_at', '>=', toInstant(from) as number)
    .limit(MOST)
  const before = await changes()
    .where('created_at', '<', toInstant(from) as number)
    .limit(1)
  return [...since, ...before].reverse().map((row) => ({
    at: fromInstant(row.created_at)!.toMillis(),
    health: AFTER[row.transition as string] ?? 'healthy',
  }))
}

/** What people see beside each other: a token that waits for its refresh is as well as one that does not. */
const SHOWN: Partial<Record<Health, Health>> = { due: 'healthy', refreshing: 'healthy' }

/**
 * The conditions of an account over a span of time. A consent makes it healthy, as does the first refresh after a trouble;
 * what it is now counts from its pause, else from its last change on. Pure.
 */
export function stateSpans(
  marks: readonly Mark[],
  account: { connectedAt: number | null; grantedAt: number | null; pausedAt: number | null; health: Health },
  { from, to }: { from: number; to: number }
): StateSpan[] {
  const consents = [account.connectedAt, account.grantedAt].filter((at) => at !== null)
  const all: Mark[] = [...marks, ...consents.map((at) => ({ at, health: 'healthy' as const }))]
  if (account.pausedAt !== null) all.push({ at: account.pausedAt, health: 'paused' })
  const sorted = all.filter(({ at }) => at < to).sort((a, b) => a.at - b.at)
  const spans = sorted.map(({ at, health }, index) => ({
    from: Math.max(from, at),
    to: sorted[index + 1]?.at ?? to,
    health,
  }))
  const last = spans.at(-1)
  if (last) last.health = SHOWN[account.health] ?? account.health
  return merged(spans.filter((span) => span.to > from))
}

function merged(spans: readonly StateSpan[]): StateSpan[] {
  const result: StateSpan[] = []
  for (const span of spans) {
    const before = result.at(-1)
    if (before?.health === span.health) before.to = span.to
    else result.push({ ...span })
  }
  return result
}
