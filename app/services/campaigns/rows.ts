import type { Standing } from '#policies/campaign_policy'
import type { SessionTrouble } from '#services/campaigns/types'
import type { Row } from '#store/driver'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** An id in its stored form; null where it is none, which PostgreSQL would not even compare. */
export function idOf(value: unknown): string | null {
  return typeof value === 'string' && UUID.test(value) ? value.toLowerCase() : null
}

export function instantOf(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value)
}

/** JSON columns come as text from SQLite and parsed from PostgreSQL. */
export function documentOf<T>(value: unknown, empty: T): T {
  if (value === null || value === undefined) return empty
  return (typeof value === 'string' ? JSON.parse(value) : value) as T
}

export const troublesOf = (value: unknown) => documentOf<SessionTrouble[]>(value, [])

export function standingOf(row: Row): Standing {
  return { isGameMaster: Boolean(row.is_game_master), ownsMember: Boolean(row.owns_member) }
}

/** Control and direction characters: in a name they could turn the text around it. */
const INVISIBLE = /[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** What people call the account of a row. */
export function nameOf(row: Row): string {
  const names = [row.display_name, row.username, row.provider_account_id]
  const shown = names.map((name) => ((name as string | null) ?? '').replace(INVISIBLE, '').trim())
  return shown.find(Boolean) ?? 'Unnamed account'
}

/** Where a person renews an account. */
export function reconnectPathOf(connectionId: string): string {
  return `/accounts/${connectionId}/reconnect`
}

/** A member of a campaign with the parts of its connection that decide whether it can be used. */
export interface MemberRow {
  connectionId: string
  provider: string
  name: string
  ownerUserId: string | null
  avatarUrl: string | null
  status: string
  statusReason: string | null
  isActive: boolean
  pausedAt: number | null
  tokenExpiresAt: number | null
  lastTokenRefreshAt: number | null
  tokenRefreshFailedAt: number | null
  nextRefreshAt: number | null
  tokenVersion: number
  authorizedUntil: number | null
  authorizedAt: number | null
  revokedAt: number | null
}

export function toMember(row: Row): MemberRow {
  return {
    connectionId: row.connection_id as string,
    provider: row.provider as string,
    name: nameOf(row),
    ownerUserId: row.owner_user_id as string | null,
    avatarUrl: row.avatar_url as string | null,
    status: row.status as string,
    statusReason: row.status_reason as string | null,
    isActive: Boolean(row.is_active),
    pausedAt: instantOf(row.paused_at),
    tokenExpiresAt: instantOf(row.token_expires_at),
    lastTokenRefreshAt: instantOf(row.last_token_refresh_at),
    tokenRefreshFailedAt: instantOf(row.token_refresh_failed_at),
    nextRefreshAt: instantOf(row.next_refresh_at),
    tokenVersion: Number(row.token_version),
    authorizedUntil: instantOf(row.authorized_until),
    authorizedAt: instantOf(row.authorized_at),
    revokedAt: instantOf(row.revoked_at),
  }
}

/** The end of a window that is open at `now`; null where it is not. */
export function openUntil(
  { authorizedUntil, revokedAt }: Pick<MemberRow, 'authorizedUntil' | 'revokedAt'>,
  now: number
): number | null {
  return revokedAt === null && authorizedUntil !== null && authorizedUntil > now ? authorizedUntil : null
}
