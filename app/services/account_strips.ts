import db from '@adonisjs/lucid/services/db'
import { fromInstant, toInstant } from '#models/columns'

/** A refresh of an account as its strip shows it. `at` is milliseconds since the epoch. */
export interface StripAttempt {
  outcome: string
  failureClass: string | null
  at: number
}

export const STRIP_LENGTH = 30

/**
 * The last 30 refreshes of each of these accounts, oldest first; rehearsals say nothing about an account and are left out.
 * One statement, and one look into the index of the log for each account: how long their logs are does not matter.
 */
export async function attemptStrips(ids: readonly string[]): Promise<Map<string, StripAttempt[]>> {
  const strips = new Map<string, StripAttempt[]>(ids.map((id) => [id, []]))
  if (ids.length === 0) return strips
  const begin = `COALESCE((SELECT beginning.created_at FROM refresh_attempts AS beginning
    WHERE beginning.connection_id = connections.id AND beginning.kind <> 'test'
    ORDER BY beginning.created_at DESC LIMIT 1 OFFSET ${STRIP_LENGTH - 1}), ?)`
  const rows = await db
    .from('connections')
    .joinRaw(
      `JOIN refresh_attempts AS attempt ON attempt.connection_id = connections.id AND attempt.created_at >= ${begin}`,
      [toInstant(0) as number]
    )
    .whereIn('connections.id', [...ids])
    .whereRaw(`attempt.kind <> 'test'`)
    .select('connections.id', 'attempt.outcome', 'attempt.failure_class', 'attempt.created_at')
    .orderBy('attempt.created_at')
    .orderBy('attempt.id')
  for (const row of rows) {
    const at = fromInstant(row.created_at)!.toMillis()
    strips.get(row.id)?.push({ outcome: row.outcome, failureClass: row.failure_class, at })
  }
  return strips
}
