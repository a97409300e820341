import db from '@adonisjs/lucid/services/db'
import { fromInstant } from '#models/columns'

/** A link that a run made for the owner of an account. Instants are milliseconds. */
export interface MadeLink {
  linkId: string
  connectionId: string
  displayName: string | null
  username: string | null
  providerAccountId: string
  provider: string
  owner: string
  expiresAt: number
  /** Whether it was sent, to whom and when; and why it was not, where that has a reason. */
  sentTo: string | null
  sentAt: number | null
  reason: string | null
}

/** More are no list that a person works through; the rest is made by another run. */
const MOST = 10_000

/** The links that a run made and that have not expired, by owner. */
export async function madeLinks(runId: string, now: number): Promise<MadeLink[]> {
  const rows: Record<string, unknown>[] = await db
    .from('run_results AS r')
    .join('connect_links AS l', 'l.id', 'r.link_id')
    .join('connections AS c', 'c.id', 'r.connection_id')
    .where('r.run_id', runId)
    .orderBy('l.owner')
    .orderBy('r.connection_id')
    .limit(MOST)
    .select('r.link_id', 'r.connection_id', 'r.provider', 'r.reason', 'l.owner', 'l.expires_at')
    .select('l.sent_to', 'l.sent_at')
    .select('c.display_name', 'c.username', 'c.provider_account_id')
  const links = rows.map((row) => ({
    ...{ linkId: row.link_id as string, connectionId: row.connection_id as string },
    ...{ displayName: row.display_name as string | null, username: row.username as string | null },
    ...{ providerAccountId: row.provider_account_id as string, provider: row.provider as string },
    owner: row.owner as string,
    expiresAt: fromInstant(row.expires_at)!.toMillis(),
    sentTo: row.sent_to as string | null,
    sentAt: fromInstant(row.sent_at)?.toMillis() ?? null,
    reason: row.reason as string | null,
  }))
  return links.filter(({ expiresAt }) => expiresAt > now)
}
