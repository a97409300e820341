import { BaseModel, belongsTo, column } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { DateTime } from 'luxon'
import { document, flag, instant } from '#models/columns'
import Connection from '#models/connection'
import type { AttemptDetails, FailureClass } from '#oauth/types'

/** One refresh of one connection, as the refresh log keeps it. Written by the connection store, only read here. */
export default class RefreshAttempt extends BaseModel {
  static selfAssignPrimaryKey = true

  @column({ isPrimary: true })
  declare id: string

  @column()
  declare organizationId: string

  @column()
  declare connectionId: string

  @column()
  declare runId: string | null

  @column()
  declare provider: string

  @column()
  declare kind: string

  @column()
  declare outcome: 'success' | 'failed' | 'superseded'

  @column()
  declare failureClass: FailureClass | null

  @column()
  declare errorCode: string | null

  @column()
  declare errorMessage: string | null

  @column()
  declare httpStatus: number | null

  @column()
  declare strike: number

  @column()
  declare transition: string | null

  @flag()
  declare inDoubt: boolean

  @column()
  declare durationMs: number

  @instant()
  declare oldExpiresAt: DateTime | null

  @instant()
  declare newExpiresAt: DateTime | null

  @column()
  declare oldFp: string | null

  @column()
  declare newFp: string | null

  /** What its requests were, and which scopes it changed. */
  @document()
  declare details: AttemptDetails | null

  @column()
  declare workerId: string | null

  @instant()
  declare createdAt: DateTime

  @belongsTo(() => Connection)
  declare connection: BelongsTo<typeof Connection>
}
