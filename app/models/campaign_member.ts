import { BaseModel, belongsTo, column } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { DateTime } from 'luxon'
import { instant } from '#models/columns'
import Connection from '#models/connection'

/** A channel in a campaign, with its authorization window. Windows are written by the window store alone. */
export default class CampaignMember extends BaseModel {
  static selfAssignPrimaryKey = true

  @column({ isPrimary: true })
  declare campaignId: string

  @column()
  declare connectionId: string

  @instant()
  declare authorizedUntil: DateTime | null

  @instant()
  declare authorizedAt: DateTime | null

  @column()
  declare authorizedBy: string | null

  @instant()
  declare revokedAt: DateTime | null

  @instant({ autoCreate: true })
  declare createdAt: DateTime

  @belongsTo(() => Connection)
  declare connection: BelongsTo<typeof Connection>

  /** The campaign may use the channel now. */
  get isAuthorized(): boolean {
    if (this.authorizedUntil === null || this.revokedAt !== null) return false
    return this.authorizedUntil > DateTime.utc()
  }
}
