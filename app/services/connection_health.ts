import type { ConnectionStatus } from '#models/connection'

/** The seven words people see (SPEC §1), most urgent first: the order of tiles and of sorting. */
export const HEALTH_WORDS = [
  'reconnect',
  'retrying',
  'due',
  'refreshing',
  'paused',
  'static',
  'healthy',
] as const
export type Health = (typeof HEALTH_WORDS)[number]

/** Tabler icon of each word, and the names of its label and meaning in the catalogues. */
export const HEALTH: Readonly<Record<Health, { icon: string; label: string; meaning: string }>> = {
  reconnect: word('reconnect', 'plug-x'),
  retrying: word('retrying', 'rotate'),
  due: word('due', 'clock'),
  refreshing: word('refreshing', 'loader-2'),
  paused: word('paused', 'player-pause'),
  static: word('static', 'infinity'),
  healthy: word('healthy', 'circle-check'),
}

function word(key: Health, icon: string) {
  return { icon, label: `health.${key}.label`, meaning: `health.${key}.meaning` }
}

/** What health depends on in a connection; instants in milliseconds since the epoch. */
export interface HealthFacts {
  provider: string
  status: ConnectionStatus
  statusReason: string | null
  isActive: boolean
  pausedAt: number | null
  leaseUntil: number | null
  tokenRefreshFailedAt: number | null
  openAttempts: number
  tokenType: 'oauth2' | 'oauth1a' | 'static'
  hasRefreshToken: boolean
  nextRefreshAt: number | null
  tokenExpiresAt: number | null
  /** When the token's life began, as far as known: the last refresh, else the grant. */
  tokenSince: number | null
  /** Its token derives from another connection's. */
  derived: boolean
  /** That other connection can be revived by a person only. */
  parentNeedsPerson: boolean
}

/** What health depends on in a provider. */
export interface ProviderHealth {
  supported: boolean
  /** False where something else than a refresh token renews (an exchange, client credentials). */
  needsRefreshToken: boolean
  margin: number
  paused: boolean
}

const ONLY_A_PERSON: ReadonlySet<ConnectionStatus> = new Set([
  'needs_reauth',
  'suspended',
  'disconnected',
  'error',
])

/**
 * The health word of a connection: the first that matches. `provider` is null where the definition is gone, and then
 * nothing can refresh. `connection_health_sql.ts` says the same in SQL; a test keeps the two equal.
 */
export function connectionHealth(row: HealthFacts, provider: ProviderHealth | null, now: number): Health {
  if (row.pausedAt !== null) return 'paused'
  if (needsPerson(row) || row.parentNeedsPerson) return 'reconnect'
  if (row.leaseUntil !== null && row.leaseUntil > now) return 'refreshing'
  if (row.tokenRefreshFailedAt !== null || row.openAttempts > 0) return 'retrying'
  if (row.status === 'token_expired' || provider?.paused) return 'retrying'
  if (!canRefresh(row, provider) && !row.derived) return 'static'
  return isDue(row, provider?.margin ?? null, now) ? 'due' : 'healthy'
}

/** True where nothing but a person can revive the grant. */
export function needsPerson({ status, isActive }: Pick<HealthFacts, 'status' | 'isActive'>): boolean {
  return ONLY_A_PERSON.has(status) || !isActive
}

function canRefresh(row: HealthFacts, provider: ProviderHealth | null): boolean {
  if (row.tokenType !== 'oauth2' || !provider?.supported) return false
  return row.hasRefreshToken || !provider.needsRefreshToken
}

/**
 * The margin never takes more than half of the token's life, or short-lived tokens would always be due (SPEC §4.2). A token
 * that its provider did not extend lives no longer for having been exchanged: the whole margin counts.
 */
function isDue(row: HealthFacts, margin: number | null, now: number): boolean {
  if (row.nextRefreshAt !== null && row.nextRefreshAt <= now) return true
  if (margin === null || row.tokenExpiresAt === null || row.tokenExpiresAt > now + margin) return false
  if (row.statusReason === 'not_extended') return true
  return row.tokenSince === null || row.tokenExpiresAt - now <= now - row.tokenSince
}
