import type Connection from '#models/connection'
import type { LastAttempt } from '#services/account_list'
import { connectionHealth, HEALTH, type Health } from '#services/connection_health'
import { DEADLINE_SOON } from '#services/deadline_warnings'
import type { ProviderFacts } from '#services/provider_facts'
import { healthFacts, millis } from '#transformers/account_facts'
import { accountName, initials } from '#transformers/account_name'

/** One account in the list. Instants are milliseconds, so equal rows stay equal while time passes (the ETag needs that). */
export interface AccountRow {
  id: string
  name: string
  initials: string
  avatarUrl: string | null
  externalId: string
  provider: { id: string; name: string; icon: string | null }
  health: Health
  label: string
  icon: string
  expiresAt: number | null
  expiryKnown: boolean
  since: number | null
  deadline: number | null
  /** The grant ends within two weeks, or is over. */
  endsSoon: boolean
  last: { ok: boolean; at: number; failure: string | null } | null
  nextAt: number | null
}

/** Turns a connection into what the list shows. */
export function accountRow(
  connection: Connection,
  facts: ProviderFacts,
  last: LastAttempt | null,
  now: number
): AccountRow {
  const known = healthFacts(connection)
  const health = connectionHealth(known, facts.health.get(connection.provider) ?? null, now)
  const name = accountName(connection)
  return {
    id: connection.id,
    name,
    initials: initials(name),
    avatarUrl: connection.avatarUrl?.startsWith('https://') ? connection.avatarUrl : null,
    externalId: connection.providerAccountId,
    provider: { id: connection.provider, ...facts.look(connection.provider) },
    health,
    label: HEALTH[health].label,
    icon: HEALTH[health].icon,
    expiresAt: known.tokenExpiresAt,
    expiryKnown: connection.expirySource === 'provider',
    since: known.tokenSince,
    deadline: millis(connection.grantExpiresAt),
    endsSoon: (millis(connection.grantExpiresAt) ?? Number.POSITIVE_INFINITY) <= now + DEADLINE_SOON,
    last: lastRefresh(connection, last),
    nextAt: health === 'paused' || health === 'reconnect' ? null : known.nextRefreshAt,
  }
}

/** The newest log entry, or what the row itself remembers where the log has been cut. */
function lastRefresh(connection: Connection, last: LastAttempt | null): AccountRow['last'] {
  if (last) return { ok: last.outcome !== 'failed', at: last.at, failure: last.failureClass }
  const at = millis(connection.lastTokenRefreshAt)
  return at === null ? null : { ok: true, at, failure: null }
}
