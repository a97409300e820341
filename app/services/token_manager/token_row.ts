import type { Row } from '#store/driver'

/** What a read of a token depends on; tokens sealed, instants in milliseconds since the epoch. */
export interface TokenRow {
  connectionId: string
  organizationId: string
  owner: string
  provider: string
  parentId: string | null
  accessToken: string | null
  tokenSecret: string | null
  hasRefreshToken: boolean
  tokenType: 'oauth2' | 'oauth1a' | 'static'
  scopes: readonly string[]
  expiresAt: number | null
  /** When the token's life began, as far as known. */
  issuedAt: number
  tokenVersion: number
  status: string
  statusReason: string | null
  errorCode: string | null
  isActive: boolean
  isPaused: boolean
  isSuspended: boolean
  /** The first strike that waits for its retry. */
  failedAt: number | null
  nextRefreshAt: number | null
  /** Sends whose outcome nobody knows, and until when somebody holds the connection. */
  openAttempts: number
  leaseUntil: number | null
}

export const TOKEN_COLUMNS = `id, organization_id, owner, provider, parent_id, access_token, token_secret,
  refresh_token IS NOT NULL AS has_refresh_token, token_type, scopes, token_expires_at,
  COALESCE(last_token_refresh_at, granted_at, connected_at, created_at) AS issued_at, token_version, status,
  status_reason, error_code, is_active, paused_at, is_suspended, token_refresh_failed_at, next_refresh_at,
  open_attempts, lease_until`

/** Reads a row of `TOKEN_COLUMNS`. */
export function toTokenRow(row: Row): TokenRow {
  return {
    connectionId: row.id as string,
    organizationId: row.organization_id as string,
    owner: row.owner as string,
    provider: row.provider as string,
    parentId: row.parent_id as string | null,
    accessToken: row.access_token as string | null,
    tokenSecret: row.token_secret as string | null,
    hasRefreshToken: Boolean(row.has_refresh_token),
    tokenType: row.token_type as TokenRow['tokenType'],
    scopes: Object.freeze(document<string[]>(row.scopes)),
    expiresAt: instant(row.token_expires_at),
    issuedAt: instant(row.issued_at) ?? 0,
    tokenVersion: Number(row.token_version),
    status: row.status as string,
    statusReason: row.status_reason as string | null,
    errorCode: row.error_code as string | null,
    isActive: Boolean(row.is_active),
    isPaused: row.paused_at !== null,
    isSuspended: Boolean(row.is_suspended),
    failedAt: instant(row.token_refresh_failed_at),
    nextRefreshAt: instant(row.next_refresh_at),
    openAttempts: Number(row.open_attempts),
    leaseUntil: instant(row.lease_until),
  }
}

function instant(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value)
}

/** JSON columns come as text from SQLite and parsed from PostgreSQL. */
function document<T>(value: unknown): T {
  return (typeof value === 'string' ? JSON.parse(value) : value) as T
}
