import type { DateTime } from 'luxon'
import type Connection from '#models/connection'
import type RefreshAttempt from '#models/refresh_attempt'
import { connectionHealth } from '#services/connection_health'
import type { ProviderFacts } from '#services/provider_facts'
import { healthFacts } from '#transformers/account_facts'

const iso = (at: DateTime | null) => at?.toISO() ?? null

/** A connection as commands print it for operators: every figure, never a token. Times in UTC. */
export function connectionFigures(connection: Connection, facts: ProviderFacts, now: number) {
  return {
    id: connection.id,
    provider: connection.provider,
    provider_account_id: connection.providerAccountId,
    owner: connection.owner,
    username: connection.username,
    display_name: connection.displayName,
    health: connectionHealth(healthFacts(connection), facts.health.get(connection.provider) ?? null, now),
    status: connection.status,
    status_reason: connection.statusReason,
    error_code: connection.errorCode,
    error_message: connection.errorMessage,
    is_active: connection.isActive,
    paused_at: iso(connection.pausedAt),
    is_suspended: connection.isSuspended,
    token_type: connection.tokenType,
    scopes: connection.scopes,
    token_expires_at: iso(connection.tokenExpiresAt),
    expiry_source: connection.expirySource,
    grant_expires_at: iso(connection.grantExpiresAt),
    next_refresh_at: iso(connection.nextRefreshAt),
    keep_alive_until: iso(connection.keepAliveUntil),
    last_token_refresh_at: iso(connection.lastTokenRefreshAt),
    last_refresh_status: connection.lastRefreshStatus,
    token_refresh_failed_at: iso(connection.tokenRefreshFailedAt),
    last_validated_at: iso(connection.lastValidatedAt),
    refresh_count: connection.refreshCount,
    token_version: connection.tokenVersion,
    grant_generation: connection.grantGeneration,
    fingerprint: connection.credentialFp?.slice(0, 8) ?? null,
    parent_id: connection.parentId,
    config: connection.config,
    tags: connection.tags,
    connected_at: iso(connection.connectedAt),
    granted_at: iso(connection.grantedAt),
    created_at: iso(connection.createdAt),
    updated_at: iso(connection.updatedAt),
  }
}

/** An entry of the refresh log as commands print it. */
export function attemptFigures(attempt: RefreshAttempt) {
  return {
    at: iso(attempt.createdAt),
    kind: attempt.kind,
    outcome: attempt.outcome,
    failure_class: attempt.failureClass,
    error_code: attempt.errorCode,
    http_status: attempt.httpStatus,
    strike: attempt.strike,
    in_doubt: attempt.inDoubt,
    duration_ms: attempt.durationMs,
    old_expires_at: iso(attempt.oldExpiresAt),
    new_expires_at: iso(attempt.newExpiresAt),
  }
}
