import type Connection from '#models/connection'
import type { StripAttempt } from '#services/account_strips'
import { connectionHealth, type Health } from '#services/connection_health'
import { DEADLINE_SOON } from '#services/deadline_warnings'
import { afterGate, type ProviderFacts } from '#services/provider_facts'
import { healthFacts, millis } from '#transformers/account_facts'
import { accountName, initials } from '#transformers/account_name'

export type Tone = 'ok' | 'retried' | 'failed'

/** One account in the list. Instants are milliseconds, so equal rows stay equal while time passes (the ETag needs that). */
export interface AccountRow {
  id: string
  name: string
  initials: string
  avatarUrl: string | null
  externalId: string
  provider: { id: string; name: string; icon: string | null }
  health: Health
  isPaused: boolean
  expiresAt: number | null
  expiryKnown: boolean
  since: number | null
  deadline: number | null
  /** The grant ends within two weeks, or is over. */
  endsSoon: boolean
  last: { ok: boolean; at: number; failure: string | null } | null
  nextAt: number | null
  /** The last refreshes, oldest first. */
  strip: { at: number; tone: Tone }[]
  owner: string
  tags: string[]
}

/** Turns a connection into what lists show; null where they show none of its refreshes. */
export function accountRow(
  connection: Connection,
  facts: ProviderFacts,
  attempts: readonly StripAttempt[] | null,
  now: number
): AccountRow {
  const strip = attempts ?? []
  const known = healthFacts(connection)
  const health = connectionHealth(known, facts.health.get(connection.provider) ?? null, now)
  const name = accountName(connection)
  const nextAt = afterGate(known.nextRefreshAt, facts.closedGates.get(connection.provider))
  return {
    id: connection.id,
    name,
    initials: initials(name),
    avatarUrl: connection.avatarUrl?.startsWith('https://') ? connection.avatarUrl : null,
    externalId: connection.providerAccountId,
    provider: { id: connection.provider, ...facts.look(connection.provider) },
    health,
    isPaused: connection.pausedAt !== null,
    expiresAt: known.tokenExpiresAt,
    expiryKnown: connection.expirySource === 'provider',
    since: known.tokenSince,
    deadline: millis(connection.grantExpiresAt),
    endsSoon: (millis(connection.grantExpiresAt) ?? Number.POSITIVE_INFINITY) <= now + DEADLINE_SOON,
    last: lastRefresh(connection, strip.at(-1)),
    nextAt: health === 'paused' || health === 'reconnect' ? null : nextAt,
    strip: strip.map((attempt) => ({ at: attempt.at, tone: toneOf(attempt) })),
    owner: connection.owner,
    tags: connection.tags,
  }
}

/** Failures that time alone may cure are tried again; a refusal is not. */
const CURED_BY_TIME = new Set(['not_sent', 'unavailable', 'rate_limited', 'ambiguous', 'lost_answer'])

function toneOf({ outcome, failureClass }: StripAttempt): Tone {
  if (outcome !== 'failed') return 'ok'
  return CURED_BY_TIME.has(failureClass ?? '') ? 'retried' : 'failed'
}

/** The newest log entry, or what the row itself remembers where the log has been cut. */
function lastRefresh(connection: Connection, last: StripAttempt | undefined): AccountRow['last'] {
  if (last) return { ok: last.outcome !== 'failed', at: last.at, failure: last.failureClass }
  const at = millis(connection.lastTokenRefreshAt)
  return at === null ? null : { ok: true, at, failure: null }
}
