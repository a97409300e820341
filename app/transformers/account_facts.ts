import type { DateTime } from 'luxon'
import type Connection from '#models/connection'
import { needsPerson, type HealthFacts } from '#services/connection_health'

/** What `connectionHealth` asks of a connection; a derived one must have its parent loaded. */
export function healthFacts(connection: Connection): HealthFacts {
  const parent = connection.$preloaded.parent as Connection | undefined
  const since = connection.lastTokenRefreshAt ?? connection.grantedAt ?? connection.connectedAt
  return {
    provider: connection.provider,
    status: connection.status,
    statusReason: connection.statusReason,
    isActive: connection.isActive,
    pausedAt: millis(connection.pausedAt),
    leaseUntil: millis(connection.leaseUntil),
    tokenRefreshFailedAt: millis(connection.tokenRefreshFailedAt),
    openAttempts: connection.openAttempts,
    tokenType: connection.tokenType,
    hasRefreshToken: connection.refreshToken !== null,
    nextRefreshAt: millis(connection.nextRefreshAt),
    tokenExpiresAt: millis(connection.tokenExpiresAt),
    tokenSince: millis(since),
    derived: connection.parentId !== null,
    parentNeedsPerson: parent ? needsPerson(parent) : false,
  }
}

/** An instant as pages carry it: milliseconds since the epoch. */
export function millis(value: DateTime | null | undefined): number | null {
  return value ? value.toMillis() : null
}
