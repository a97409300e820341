import type Connection from '#models/connection'
import type RefreshAttempt from '#models/refresh_attempt'
import type { ProviderFacts } from '#services/provider_facts'
import { accountActions } from '#transformers/account_actions'
import { millis } from '#transformers/account_facts'
import { accountRow, type AccountRow } from '#transformers/account_row'
import { accountWhy } from '#transformers/account_why'

interface DetailInput {
  facts: ProviderFacts
  now: number
  owner: string | null
  newest: RefreshAttempt | null
}

const ROTATION = { never: 'never', may: 'sometimes', always: 'with every refresh' } as const

/** Everything the account page shows besides the log. No token and no part of one is in it. */
export function accountDetail(connection: Connection, input: DetailInput) {
  const { facts, now } = input
  const row = accountRow(connection, facts, null, now)
  return {
    ...row,
    why: whyOf(connection, row, facts),
    trouble: troubleOf(connection, input.newest),
    actions: actionsOf(connection, row, facts),
    figures: figuresOf(connection),
    expirySource: connection.expirySource,
    rotation: ROTATION[facts.find(connection.provider)?.refresh.rotation ?? 'may'],
    tokenType: connection.tokenType,
    scopes: connection.scopes,
    tags: connection.tags,
    username: connection.username,
    owner: { id: connection.owner, person: input.owner },
    fingerprint: connection.credentialFp?.slice(0, 12) ?? null,
  }
}

function whyOf(connection: Connection, row: AccountRow, facts: ProviderFacts) {
  return accountWhy({
    health: row.health,
    status: connection.status,
    reason: connection.statusReason,
    provider: row.provider.name,
    gate: facts.closedGates.get(connection.provider) ?? null,
    firstStrike: connection.tokenRefreshFailedAt !== null,
    inDoubt: connection.openAttempts > 0,
    hasRefreshToken: connection.refreshToken !== null,
  })
}

/** The provider's own words, for operators. */
function troubleOf(connection: Connection, newest: RefreshAttempt | null) {
  const failed = newest?.outcome === 'failed' ? newest : null
  const code = connection.errorCode ?? failed?.errorCode ?? null
  const message = connection.errorMessage ?? failed?.errorMessage ?? null
  const reason = connection.statusReason
  if (!code && !message && !reason) return null
  const status = failed?.httpStatus ? `HTTP ${failed.httpStatus}` : null
  return { line: [status, code].filter(Boolean).join(' '), message, reason }
}

function actionsOf(connection: Connection, row: AccountRow, facts: ProviderFacts) {
  const provider = facts.find(connection.provider)
  return accountActions({
    id: connection.id,
    health: row.health,
    isActive: connection.isActive,
    paused: connection.pausedAt !== null,
    provider: row.provider,
    configured: provider === null ? null : provider.client !== null,
  })
}

function figuresOf(connection: Connection) {
  return {
    lastRefreshAt: millis(connection.lastTokenRefreshAt),
    failedAt: millis(connection.tokenRefreshFailedAt),
    refreshCount: connection.refreshCount,
    connectedAt: millis(connection.connectedAt),
    grantedAt: millis(connection.grantedAt),
    pausedAt: millis(connection.pausedAt),
    keepAliveUntil: millis(connection.keepAliveUntil),
    lastValidatedAt: millis(connection.lastValidatedAt),
  }
}
