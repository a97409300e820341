import type Connection from '#models/connection'
import type { Provider } from '#oauth/types'
import { effectiveMargin, JITTER } from '#token_refresh/refresh_schedule'
import { KEEP_ALIVE } from '#token_refresh/keep_alive'
import { PRIORITIES } from '#token_refresh/urgent_share'
import { accountName } from '#transformers/account_name'

const MINUTE = 60_000

/** What can be set on one account, beside what its provider's definition says. Lengths in minutes. */
export function accountSettings(connection: Connection, provider: Provider | null) {
  const { tokenExpiresAt, lastTokenRefreshAt, grantedAt } = connection
  const issuedAt = lastTokenRefreshAt ?? grantedAt
  const life = tokenExpiresAt && issuedAt ? tokenExpiresAt.toMillis() - issuedAt.toMillis() : null
  const own = connection.refreshMargin
  return {
    keepAlive: connection.keepAlive,
    keepAliveOptions: [null, ...KEEP_ALIVE],
    providersKeepAlive: provider?.refresh.keepAlive ?? null,
    margin: own === null ? null : own / MINUTE,
    providersMargin: provider === null ? null : provider.refresh.margin,
    /** What the wish comes to: at most half of the token's life. */
    margins: own !== null && life !== null && life > 0 ? effectiveMargin(own, life) : null,
    jitter: connection.refreshJitter,
    usualJitter: JITTER,
    priority: connection.priority,
    priorities: PRIORITIES,
    muted: connection.alertsMuted,
    tags: connection.tags.join(', '),
    notes: connection.notes ?? '',
    typed: accountName(connection),
  }
}
