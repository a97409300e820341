import Factory from '@adonisjs/lucid/factories'
import { DateTime } from 'luxon'
import Connection from '#models/connection'
import { uuid } from '#models/uuid'
import { Secret } from '#oauth/secret'
import { credentialFingerprint, type Vault } from '#vault/vault'
import { inPages } from '#database/factories/in_pages'

/**
 * Healthy connections with an hour left and no tokens; merge `organizationId`, and `tap(sealed(vault, …))` for tokens
 * that open.
 */
export const ConnectionFactory = Factory.define(Connection, ({ faker }) => {
  const id = uuid()
  const username = faker.internet.username().toLowerCase()
  return {
    id,
    owner: `owner-${id.slice(-12)}`,
    provider: 'twitch',
    providerAccountId: id.slice(-12),
    username,
    displayName: inPages(faker.person.fullName()),
    tokenType: 'oauth2' as const,
    scopes: ['chat:read'],
    expirySource: 'provider' as const,
    tokenExpiresAt: DateTime.utc().plus({ hours: 1 }),
    nextRefreshAt: DateTime.utc().plus({ minutes: 30 }),
    connectedAt: DateTime.utc().minus({ hours: 1 }),
    grantedAt: DateTime.utc().minus({ hours: 1 }),
    tokenVersion: 1,
    grantGeneration: 1,
    status: 'connected' as const,
    isActive: true,
    isSuspended: false,
    childrenPending: false,
    refreshCount: 0,
    openAttempts: 0,
    retryCount: 0,
    config: {},
    metadata: {},
    tags: [],
  }
})
  .state('due', (connection) => {
    connection.tokenExpiresAt = DateTime.utc().plus({ minutes: 2 })
    connection.nextRefreshAt = DateTime.utc().minus({ seconds: 1 })
  })
  .state('expired', (connection) => {
    connection.tokenExpiresAt = DateTime.utc().minus({ hours: 1 })
    connection.nextRefreshAt = DateTime.utc().minus({ hours: 1, minutes: 5 })
    connection.status = 'token_expired'
  })
  .state('firstStrike', (connection) => {
    connection.tokenRefreshFailedAt = DateTime.utc().minus({ minutes: 5 })
    connection.nextRefreshAt = DateTime.utc().plus({ minutes: 10 })
    connection.lastRefreshStatus = 'error'
    connection.statusReason = 'rejected'
    connection.errorCode = 'invalid_grant'
  })
  .state('deactivated', (connection) => {
    connection.isActive = false
    connection.status = 'needs_reauth'
    connection.statusReason = 'rejected'
    connection.errorCode = 'invalid_grant'
    connection.lastRefreshStatus = 'error'
    connection.nextRefreshAt = null
  })
  .state('paused', (connection) => {
    connection.pausedAt = DateTime.utc().minus({ minutes: 10 })
  })
  .build()

/** Fills in tokens that open in their row, and the fingerprint of what a refresh will present. */
export function sealed(vault: Vault, tokens: { access?: string; refresh?: string | null } = {}) {
  return (connection: Connection) => {
    const { id, organizationId } = connection
    const access = new Secret(tokens.access ?? `access-${id}`)
    const refresh = tokens.refresh === null ? null : new Secret(tokens.refresh ?? `refresh-${id}`)
    const place = (column: string) => ({ organizationId, connectionId: id, column })
    connection.accessToken = vault.seal(access, place('access_token'))
    connection.refreshToken = refresh && vault.seal(refresh, place('refresh_token'))
    connection.credentialFp = credentialFingerprint(id, refresh ?? access)
  }
}
