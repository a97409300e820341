import type { DateTime } from 'luxon'
import type Connection from '#models/connection'
import type { HealthExpression } from '#services/account_list'
import { narrowed, pages, type ConnectionSelection } from '#services/connection_selection'
import db from '@adonisjs/lucid/services/db'

/** What is read for an export. No column with ciphertext is among it, so none can get out. */
const COLUMNS = [
  'id',
  'provider',
  'owner',
  'provider_account_id',
  'username',
  'display_name',
  'token_type',
  'token_expires_at',
  'expiry_source',
  'scopes',
  'config',
  'tags',
  'parent_id',
  'status',
  'status_reason',
  'error_code',
  'is_active',
  'paused_at',
  'is_suspended',
  'suspended_at',
  'grant_expires_at',
  'keep_alive_until',
  'connected_at',
  'granted_at',
  'last_token_refresh_at',
  'last_refresh_status',
  'token_refresh_failed_at',
  'next_refresh_at',
  'last_validated_at',
  'refresh_count',
  'created_at',
  'updated_at',
].map((name) => `connections.${name}`)

/** Walks a selection a page at a time and yields what is told of each connection. */
export async function* exportConnections(selection: ConnectionSelection, health: HealthExpression) {
  const read = pages(selection, (query) =>
    narrowed(query, selection, health, {})
      .select(COLUMNS)
      .select(db.raw(`${health.sql} AS health`, health.bindings as string[]))
  )
  for await (const page of read) yield page.map(exportLine)
}

/** The fields of an import line first, without its tokens; then condition and times. */
function exportLine(connection: Connection) {
  return {
    provider: connection.provider,
    owner: connection.owner,
    provider_account_id: connection.providerAccountId,
    username: connection.username,
    token_type: connection.tokenType,
    token_expires_at: iso(connection.tokenExpiresAt),
    scopes: connection.scopes,
    config: connection.config,
    tags: connection.tags,
    id: connection.id,
    display_name: connection.displayName,
    parent_id: connection.parentId,
    health: connection.$extras.health as string,
    status: connection.status,
    status_reason: connection.statusReason,
    error_code: connection.errorCode,
    is_active: connection.isActive,
    is_suspended: connection.isSuspended,
    expiry_source: connection.expirySource,
    grant_expires_at: iso(connection.grantExpiresAt),
    keep_alive_until: iso(connection.keepAliveUntil),
    paused_at: iso(connection.pausedAt),
    suspended_at: iso(connection.suspendedAt),
    connected_at: iso(connection.connectedAt),
    granted_at: iso(connection.grantedAt),
    last_token_refresh_at: iso(connection.lastTokenRefreshAt),
    last_refresh_status: connection.lastRefreshStatus,
    token_refresh_failed_at: iso(connection.tokenRefreshFailedAt),
    next_refresh_at: iso(connection.nextRefreshAt),
    last_validated_at: iso(connection.lastValidatedAt),
    refresh_count: connection.refreshCount,
    created_at: iso(connection.createdAt),
    updated_at: iso(connection.updatedAt),
  }
}

function iso(at: DateTime | null): string | null {
  return at?.toISO() ?? null
}
