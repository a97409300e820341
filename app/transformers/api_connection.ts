import type { DateTime } from 'luxon'
import { appUrl } from '#config/app'
import type Connection from '#models/connection'
import { connectionHealth } from '#services/connection_health'
import type { ProviderFacts } from '#services/provider_facts'
import { healthFacts } from '#transformers/account_facts'

const iso = (at: DateTime | null) => at?.toISO() ?? null

/** Where a person connects this account again. */
export function reconnectUrl({ id }: { id: string }): string {
  return `${appUrl}/accounts/${id}/reconnect`
}

/** A connection as the API tells it: never a token or a part of one, and never a provider's own words. */
export function apiConnection(connection: Connection, facts: ProviderFacts, now: number) {
  return {
    id: connection.id,
    provider: connection.provider,
    provider_account_id: connection.providerAccountId,
    owner: connection.owner,
    username: connection.username,
    display_name: connection.displayName,
    avatar_url: connection.avatarUrl,
    parent_id: connection.parentId,
    ...condition(connection, facts, now),
    ...times(connection),
    token_type: connection.tokenType,
    expiry_source: connection.expirySource,
    scopes: connection.scopes,
    refresh_count: connection.refreshCount,
    config: connection.config,
    tags: connection.tags,
    reconnect_url: reconnectUrl(connection),
  }
}

function condition(connection: Connection, facts: ProviderFacts, now: number) {
  return {
    status: connection.status,
    status_reason: connection.statusReason,
    error_code: connection.errorCode,
    health: connectionHealth(healthFacts(connection), facts.health.get(connection.provider) ?? null, now),
    is_active: connection.isActive,
    is_suspended: connection.isSuspended,
    last_refresh_status: connection.lastRefreshStatus,
  }
}

function times(connection: Connection) {
  return {
    token_expires_at: iso(connection.tokenExpiresAt),
    grant_expires_at: iso(connection.grantExpiresAt),
    next_refresh_at: iso(connection.nextRefreshAt),
    keep_alive_until: iso(connection.keepAliveUntil),
    paused_at: iso(connection.pausedAt),
    suspended_at: iso(connection.suspendedAt),
    last_token_refresh_at: iso(connection.lastTokenRefreshAt),
    token_refresh_failed_at: iso(connection.tokenRefreshFailedAt),
    last_validated_at: iso(connection.lastValidatedAt),
    connected_at: iso(connection.connectedAt),
    granted_at: iso(connection.grantedAt),
    created_at: iso(connection.createdAt),
    updated_at: iso(connection.updatedAt),
  }
}
