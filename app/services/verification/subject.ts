import type { Provider } from '#oauth/types'
import { IMPORTED_AS } from '#services/import_line'
import { hasRefreshPath } from '#services/refresh_path'
import { toKeepAlive, type KeepAlive } from '#token_refresh/keep_alive'
import { effectiveMargin } from '#token_refresh/refresh_schedule'
import type { Row } from '#store/driver'

/** A connection as it was when its verification began. Tokens are sealed; instants are milliseconds since the epoch. */
export interface Subject {
  connectionId: string
  organizationId: string
  parentId: string | null
  provider: string
  owner: string
  accountId: string
  username: string | null
  displayName: string | null
  avatarUrl: string | null
  tokenType: 'oauth2' | 'oauth1a' | 'static'
  accessToken: string | null
  tokenSecret: string | null
  hasRefreshToken: boolean
  /** Where the token's life began, as far as anybody knows. */
  issuedAt: number | null
  expiresAt: number | null
  grantExpiresAt: number | null
  keepAliveUntil: number | null
  keepAlive: KeepAlive | null
  nextRefreshAt: number | null
  tokenVersion: number
  grantGeneration: number
  status: string
  statusReason: string | null
  errorCode: string | null
  isActive: boolean
  isPaused: boolean
  isSuspended: boolean
  tokenRefreshFailedAt: number | null
  config: Record<string, string>
  metadata: Record<string, string>
}

/** Reads a row of `connections`. */
export function toSubject(row: Row): Subject {
  const text = (column: string) => (row[column] ?? null) as string | null
  const instant = (column: string) => (row[column] === null ? null : Number(row[column]))
  return {
    connectionId: row.id as string,
    organizationId: row.organization_id as string,
    parentId: text('parent_id'),
    provider: row.provider as string,
    owner: row.owner as string,
    accountId: row.provider_account_id as string,
    username: text('username'),
    displayName: text('display_name'),
    avatarUrl: text('avatar_url'),
    tokenType: row.token_type as Subject['tokenType'],
    accessToken: text('access_token'),
    tokenSecret: text('token_secret'),
    hasRefreshToken: row.refresh_token !== null,
    issuedAt: instant('last_token_refresh_at') ?? instant('granted_at'),
    expiresAt: instant('token_expires_at'),
    grantExpiresAt: instant('grant_expires_at'),
    keepAliveUntil: instant('keep_alive_until'),
    keepAlive: toKeepAlive(row.keep_alive),
    nextRefreshAt: instant('next_refresh_at'),
    tokenVersion: Number(row.token_version),
    grantGeneration: Number(row.grant_generation),
    status: row.status as string,
    statusReason: text('status_reason'),
    errorCode: text('error_code'),
    isActive: Boolean(row.is_active),
    isPaused: row.paused_at !== null,
    isSuspended: Boolean(row.is_suspended),
    tokenRefreshFailedAt: instant('token_refresh_failed_at'),
    config: document(row.config),
    metadata: document(row.metadata),
  }
}

/** JSON columns come as text from SQLite and parsed from PostgreSQL. */
function document(value: unknown): Record<string, string> {
  return (typeof value === 'string' ? JSON.parse(value) : value) as Record<string, string>
}

/** The connection whose refresh renews this one's token: itself, the parent that it derives from, or none. */
export function renewedBy(subject: Subject, provider: Provider): string | null {
  return hasRefreshPath(provider, subject) ? subject.connectionId : subject.parentId
}

/** Whether `accountId` came from the provider. An import without an account id puts the owner in its place. */
export function isAccountKnown({ accountId, owner, metadata }: Subject): boolean {
  return accountId !== owner || metadata[IMPORTED_AS] === undefined
}

/** Whether the token's life is over, or within the provider's margin of its end. */
export function ageOf(subject: Subject, provider: Provider, now: number): 'expired' | 'expiring' | null {
  const { expiresAt, issuedAt } = subject
  if (expiresAt === null) return null
  if (expiresAt <= now) return 'expired'
  const life = issuedAt === null ? Number.POSITIVE_INFINITY : Math.max(expiresAt - issuedAt, 0)
  return expiresAt - effectiveMargin(provider.refresh.margin, life) <= now ? 'expiring' : null
}

/**
 * True where the grant itself was given up, so that an access token that lives on proves nothing: only a refresh can.
 * A suspension or a lock was the provider's word about the account, and an account that passes has been released.
 */
export function needsProof(subject: Subject, provider: Provider): boolean {
  const { isActive, status, statusReason } = subject
  if (isActive && status !== 'needs_reauth' && status !== 'error') return false
  if (renewedBy(subject, provider) === null) return false
  return status !== 'suspended' && statusReason !== 'suspended' && statusReason !== 'locked'
}
