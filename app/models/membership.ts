import { BaseModel, belongsTo, column } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { DateTime } from 'luxon'
import { instant } from '#models/columns'
import Organization from '#models/organization'
import User from '#models/user'

export const ROLES = ['admin', 'operator', 'game_master', 'streamer', 'viewer'] as const
export type Role = (typeof ROLES)[number]

/** What a person may do in an organization. */
export default class Membership extends BaseModel {
  static selfAssignPrimaryKey = true

  @column({ isPrimary: true })
  declare organizationId: string

  @column()
  declare userId: string

  @column()
  declare role: Role

  @instant({ autoCreate: true })
  declare createdAt: DateTime

  @belongsTo(() => Organization)
  declare organization: BelongsTo<typeof Organization>

  @belongsTo(() => User)
  declare user: BelongsTo<typeof User>
}
