import { compose } from '@adonisjs/core/helpers'
import { BaseModel, beforeCreate, belongsTo, column, hasMany, scope } from '@adonisjs/lucid/orm'
import type { BelongsTo, HasMany } from '@adonisjs/lucid/types/relations'
import { DateTime } from 'luxon'
import { document, flag, instant, toInstant } from '#models/columns'
import Organization from '#models/organization'
import RefreshAttempt from '#models/refresh_attempt'
import { uuid } from '#models/uuid'
import { withAccountSettings } from '#models/with_account_settings'

export const CONNECTION_STATUSES = [
  'connected',
  'token_expired',
  'needs_reauth',
  'error',
  'suspended',
  'disconnected',
] as const
export type ConnectionStatus = (typeof CONNECTION_STATUSES)[number]

/**
 * One account's grant at one provider. The token columns hold ciphertext and never leave this model by serialization;
 * the lease columns (`attempt_id`, `lease_until`, `worker_id`, `open_attempts`) belong to the connection store alone.
 */
export default class Connection extends compose(BaseModel, withAccountSettings) {
  static selfAssignPrimaryKey = true

  @column({ isPrimary: true })
  declare id: string

  @column()
  declare organizationId: string

  @column()
  declare owner: string

  @column()
  declare ownerUserId: string | null

  @column()
  declare provider: string

  @column()
  declare providerAccountId: string

  @column()
  declare username: string | null

  @column()
  declare displayName: string | null

  @column()
  declare avatarUrl: string | null

  @column()
  declare parentId: string | null

  @column({ serializeAs: null })
  declare accessToken: string | null

  @column({ serializeAs: null })
  declare refreshToken: string | null

  @column({ serializeAs: null })
  declare tokenSecret: string | null

  @column({ serializeAs: null })
  declare spareRefreshToken: string | null

  @column()
  declare tokenType: 'oauth2' | 'oauth1a' | 'static'

  @document()
  declare scopes: string[]

  @instant()
  declare tokenExpiresAt: DateTime | null

  @column()
  declare expirySource: 'provider' | 'assumed' | 'never'

  @instant()
  declare grantExpiresAt: DateTime | null

  @column()
  declare tokenVersion: number

  @column()
  declare grantGeneration: number

  @column()
  declare credentialFp: string | null

  @instant()
  declare connectedAt: DateTime | null

  @instant()
  declare grantedAt: DateTime | null

  @flag()
  declare childrenPending: boolean

  @instant()
  declare lastTokenRefreshAt: DateTime | null

  @column()
  declare lastRefreshStatus: 'pending' | 'success' | 'error' | null

  @instant()
  declare tokenRefreshFailedAt: DateTime | null

  @column()
  declare refreshCount: number

  @instant()
  declare nextRefreshAt: DateTime | null

  @instant()
  declare lastValidatedAt: DateTime | null

  /** When the regular validation may look again; it serves as that one's claim. */
  @instant()
  declare nextValidationAt: DateTime | null

  @column()
  declare status: ConnectionStatus

  @column()
  declare statusReason: string | null

  @column()
  declare errorCode: string | null

  @column()
  declare errorMessage: string | null

  @flag()
  declare isActive: boolean

  @instant()
  declare pausedAt: DateTime | null

  @flag()
  declare isSuspended: boolean

  @instant()
  declare suspendedAt: DateTime | null

  @column()
  declare suspendedReason: string | null

  @column()
  declare attemptId: string | null

  @instant()
  declare leaseUntil: DateTime | null

  @column()
  declare workerId: string | null

  @column()
  declare openAttempts: number

  @column()
  declare retryCount: number

  @document()
  declare config: Record<string, string>

  @document()
  declare metadata: Record<string, string>

  @document()
  declare tags: string[]

  @instant({ autoCreate: true })
  declare createdAt: DateTime

  @instant({ autoCreate: true, autoUpdate: true })
  declare updatedAt: DateTime

  @belongsTo(() => Organization)
  declare organization: BelongsTo<typeof Organization>

  @belongsTo(() => Connection, { foreignKey: 'parentId' })
  declare parent: BelongsTo<typeof Connection>

  @hasMany(() => RefreshAttempt)
  declare attempts: HasMany<typeof RefreshAttempt>

  /** How long before its expiry this connection's token counts as expiring; the engine fills in its rule. */
  static marginOf: (connection: Connection) => number = () => 0

  /** The token's life is over (T4). A token without a known end never expires. */
  get isTokenExpired(): boolean {
    return this.tokenExpiresAt !== null && this.tokenExpiresAt <= DateTime.utc()
  }

  /** The token ends within its provider's margin, which is at most half of its life (T4). */
  get isTokenExpiringSoon(): boolean {
    if (this.tokenExpiresAt === null) return false
    return this.tokenExpiresAt.toMillis() - Connection.marginOf(this) <= DateTime.utc().toMillis()
  }

  /** Connections whose authorization window is open (T4). */
  static withActiveAuthorization = scope((query, now: DateTime = DateTime.utc()) => {
    query.where('is_active', true).where('keep_alive_until', '>', toInstant(now) as number)
  })

  /** Connections that had a first strike and wait for their retry (T4). */
  static needingRetry = scope((query) => {
    query.where('is_active', true).whereNotNull('token_refresh_failed_at')
  })

  @beforeCreate()
  static assignId(connection: Connection) {
    connection.id ??= uuid()
  }
}
