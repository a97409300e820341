import type { Secret } from '#oauth/secret'
import type { Random } from '#oauth/types'
import type { Grant } from '#services/grant'
import { hasRefreshPath } from '#services/refresh_path'
import { CHILDREN_PATIENCE } from '#token_refresh/children_sql'
import { isKeptAlways, type KeepAlive } from '#token_refresh/keep_alive'
import { nextRefreshAt } from '#token_refresh/refresh_schedule'
import { credentialFingerprint, type Vault } from '#vault/vault'

export interface GrantRowInput {
  grant: Grant
  organizationId: string
  connectionId: string
  /** The end of the latest authorization window of this connection. */
  keepAliveUntil: number | null
  /** Where it is kept alive otherwise than its provider says. */
  keepAlive: KeepAlive | null
  now: number
  random: Random
  vault: Vault
  /** Gives an instant the shape that the database keeps. */
  instant: (milliseconds: number) => number | Date
}

/** The credential that a refresh of this grant will present, by which the row recognizes late answers. */
export function credentialOf(grant: Pick<Grant, 'accessToken' | 'refreshToken'>): Secret {
  return grant.refreshToken ?? grant.accessToken
}

/**
 * The columns that a new grant fills or resets in its connection: tokens sealed for this very row, expiry and schedule,
 * and nothing left of the old grant's failures, spare token or lease. Version and generation are the caller's.
 */
export function grantRow(input: GrantRowInput) {
  const { grant, connectionId, vault } = input
  const at = (value: number | null) => (value === null ? null : input.instant(Math.round(value)))
  const seal = (secret: Secret | null, column: string) =>
    secret && vault.seal(secret, { organizationId: input.organizationId, connectionId, column })
  return {
    access_token: seal(grant.accessToken, 'access_token'),
    refresh_token: seal(grant.refreshToken, 'refresh_token'),
    token_secret: seal(grant.tokenSecret, 'token_secret'),
    token_type: grant.tokenType,
    scopes: JSON.stringify(grant.scopes),
    token_expires_at: at(grant.expiresAt),
    expiry_source: grant.expirySource,
    granted_at: at(grant.grantedAt),
    grant_expires_at: at(grant.grantExpiresAt),
    credential_fp: credentialFingerprint(connectionId, credentialOf(grant)),
    next_refresh_at: at(plannedRefresh(input)),
    ...childrenOwed(grant, at(input.now + CHILDREN_PATIENCE)),
    config: JSON.stringify(grant.config),
    ...CLEAN_SLATE,
    updated_at: at(input.now),
  }
}

/** Accounts whose tokens derive from this one's are owed theirs in the same transaction, so that no crash forgets them. */
function childrenOwed({ provider }: Grant, dueAt: number | Date | null) {
  const owed = provider.children !== null
  return {
    children_pending: owed,
    children_due_at: owed ? dueAt : null,
    children_failures: 0,
    children_error: null,
  }
}

/** The condition of a connection whose grant is new. A pause is a person's decision and not among it. */
const CLEAN_SLATE = {
  spare_refresh_token: null,
  // The new token's life begins with the grant, not with a refresh of the old one.
  last_token_refresh_at: null,
  last_refresh_status: null,
  token_refresh_failed_at: null,
  status: 'connected',
  status_reason: null,
  error_code: null,
  error_message: null,
  is_active: true,
  is_suspended: false,
  suspended_at: null,
  suspended_reason: null,
  attempt_id: null,
  lease_until: null,
  worker_id: null,
  open_attempts: 0,
  retry_count: 0,
} as const

function plannedRefresh({ grant, keepAliveUntil, keepAlive, now, random }: GrantRowInput): number | null {
  const { provider, expiresAt } = grant
  const parts = { tokenType: grant.tokenType, hasRefreshToken: grant.refreshToken !== null }
  if (expiresAt === null || !hasRefreshPath(provider, parts)) return null
  const planned = expiresAt <= now ? now : beforeExpiry(grant, expiresAt, now, random)
  if (planned === null || isKeptAlways(provider, keepAlive)) return planned
  return keepAliveUntil !== null && keepAliveUntil >= planned ? planned : null
}

/** Of a token whose life is unknown what remains is all that can be halved; its last seconds mean that it is due. */
function beforeExpiry(grant: Grant, expiresAt: number, now: number, random: Random): number | null {
  const lifetime = { issuedAt: grant.issuedAt ?? now, expiresAt, grantExpiresAt: grant.grantExpiresAt }
  const { margin, minimumAge } = grant.provider.refresh
  const planned = nextRefreshAt(lifetime, margin, random)
  if (planned !== null)
    return grant.issuedAt === null ? planned : Math.max(planned, grant.issuedAt + minimumAge)
  return grant.issuedAt === null ? now : null
}
