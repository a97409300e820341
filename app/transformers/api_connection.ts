import type { DateTime } from 'luxon'
import { appUrl } from '#config/app'
import type Connection from '#models/connection'
import { CONNECTION_STATUSES } from '#models/connection'
import { connectionHealth, HEALTH_WORDS } from '#services/connection_health'
import type { ProviderFacts } from '#services/provider_facts'
import { healthFacts } from '#transformers/account_facts'
import {
  about,
  count,
  link,
  listOf,
  oneOf,
  orNull,
  schemaOf,
  textsOf,
  time,
  truth,
  uuid,
  words,
} from '#transformers/api_schema'

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

export const connectionSchema = schemaOf<ReturnType<typeof apiConnection>>({
  id: uuid,
  provider: words,
  provider_account_id: words,
  owner: words,
  username: orNull(words),
  display_name: orNull(words),
  avatar_url: orNull(words),
  parent_id: about('The connection from which its token derives.', orNull(uuid)),
  status: oneOf(CONNECTION_STATUSES),
  status_reason: orNull(words),
  error_code: orNull(words),
  health: about('One word for people: the first that fits.', oneOf(HEALTH_WORDS)),
  is_active: truth,
  is_suspended: truth,
  last_refresh_status: orNull(oneOf(['pending', 'success', 'error'])),
  token_expires_at: orNull(time),
  grant_expires_at: orNull(time),
  next_refresh_at: orNull(time),
  keep_alive_until: about('The end of the last authorization window.', orNull(time)),
  paused_at: orNull(time),
  suspended_at: orNull(time),
  last_token_refresh_at: orNull(time),
  token_refresh_failed_at: about('Since when refreshes fail.', orNull(time)),
  last_validated_at: orNull(time),
  connected_at: orNull(time),
  granted_at: orNull(time),
  created_at: time,
  updated_at: time,
  token_type: oneOf(['oauth2', 'oauth1a', 'static']),
  expiry_source: oneOf(['provider', 'assumed', 'never']),
  scopes: listOf(words),
  refresh_count: count,
  config: textsOf,
  tags: listOf(words),
  reconnect_url: about('Where a person renews it.', link),
})
