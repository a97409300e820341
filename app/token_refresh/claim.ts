import type { Row } from '#store/driver'
import type { Claim } from '#token_refresh/types'

/** The columns that a claim reads: naming them costs half of what reading all costs. */
export const CLAIM_COLUMNS = [
  ['attempt_id', 'id', 'organization_id', 'provider', 'owner', 'token_type', 'access_token', 'refresh_token'],
  ['spare_refresh_token', 'scopes', 'last_token_refresh_at', 'granted_at', 'token_expires_at'],
  ['grant_expires_at', 'token_version', 'grant_generation', 'token_refresh_failed_at', 'status'],
  ['status_reason', 'is_active', 'open_attempts', 'retry_count', 'config', 'metadata', 'lease_until'],
  ['refresh_margin', 'refresh_jitter'],
]
  .flat()
  .join(', ')

/** Reads a claimed row. `claimedAt` is the database's time of the claim. */
export function toClaim(row: Row, claimedAt: number): Claim {
  return {
    attemptId: row.attempt_id as string,
    connectionId: row.id as string,
    organizationId: row.organization_id as string,
    provider: row.provider as string,
    owner: row.owner as string,
    tokenType: row.token_type as Claim['tokenType'],
    accessToken: row.access_token as string | null,
    refreshToken: row.refresh_token as string | null,
    spareRefreshToken: row.spare_refresh_token as string | null,
    scopes: document<string[]>(row.scopes),
    issuedAt: instant(row.last_token_refresh_at) ?? instant(row.granted_at),
    tokenExpiresAt: instant(row.token_expires_at),
    grantedAt: instant(row.granted_at),
    grantExpiresAt: instant(row.grant_expires_at),
    tokenVersion: row.token_version as number,
    grantGeneration: row.grant_generation as number,
    tokenRefreshFailedAt: instant(row.token_refresh_failed_at),
    status: row.status as string,
    statusReason: row.status_reason as string | null,
    isActive: Boolean(row.is_active),
    openAttempts: (row.open_attempts as number) - 1,
    retryCount: row.retry_count as number,
    config: document(row.config),
    metadata: document(row.metadata),
    refreshMargin: (row.refresh_margin as number | null | undefined) ?? null,
    refreshJitter: share(row.refresh_jitter),
    claimedAt,
    leaseUntil: instant(row.lease_until) as number,
  }
}

/** The column holds percent. */
function share(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value) / 100
}

function instant(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value)
}

/** JSON columns come as text from SQLite and parsed from PostgreSQL. */
function document<T>(value: unknown): T {
  return (typeof value === 'string' ? JSON.parse(value) : value) as T
}
