import { BaseModel, beforeCreate, belongsTo, column, hasMany, scope } from '@adonisjs/lucid/orm'
import type { BelongsTo, HasMany } from '@adonisjs/lucid/types/relations'
import type { DateTime } from 'luxon'
import CampaignGameMaster from '#models/campaign_game_master'
import CampaignMember from '#models/campaign_member'
import CampaignSession from '#models/campaign_session'
import { instant } from '#models/columns'
import Organization from '#models/organization'
import { uuid } from '#models/uuid'

/** A group of connections, led by game masters, for whom their streamers stream. */
export default class Campaign extends BaseModel {
  static selfAssignPrimaryKey = true

  @column({ isPrimary: true })
  declare id: string

  @column()
  declare organizationId: string

  @column()
  declare name: string

  /** How long a window lasts where nobody says otherwise. */
  @column()
  declare windowHours: number

  @instant()
  declare archivedAt: DateTime | null

  @instant({ autoCreate: true })
  declare createdAt: DateTime

  @instant({ autoCreate: true, autoUpdate: true })
  declare updatedAt: DateTime

  @belongsTo(() => Organization)
  declare organization: BelongsTo<typeof Organization>

  @hasMany(() => CampaignMember)
  declare members: HasMany<typeof CampaignMember>

  @hasMany(() => CampaignGameMaster)
  declare gameMasters: HasMany<typeof CampaignGameMaster>

  @hasMany(() => CampaignSession)
  declare sessions: HasMany<typeof CampaignSession>

  static unarchived = scope((query) => {
    query.whereNull('archived_at')
  })

  @beforeCreate()
  static assignId(campaign: Campaign) {
    campaign.id ??= uuid()
  }
}
