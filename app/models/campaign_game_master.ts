import { BaseModel, belongsTo, column } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { DateTime } from 'luxon'
import { instant } from '#models/columns'
import User from '#models/user'

/** A person who leads a campaign. */
export default class CampaignGameMaster extends BaseModel {
  static selfAssignPrimaryKey = true

  @column({ isPrimary: true })
  declare campaignId: string

  @column()
  declare userId: string

  @instant({ autoCreate: true })
  declare createdAt: DateTime

  @belongsTo(() => User)
  declare user: BelongsTo<typeof User>
}
