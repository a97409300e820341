import { BaseModel, beforeCreate, column } from '@adonisjs/lucid/orm'
import type { DateTime } from 'luxon'
import { document, instant } from '#models/columns'
import { uuid } from '#models/uuid'

/** A live poll session of a campaign, or one that has ended. A campaign has at most one that is live. */
export default class CampaignSession extends BaseModel {
  static selfAssignPrimaryKey = true

  @column({ isPrimary: true })
  declare id: string

  @column()
  declare campaignId: string

  @column()
  declare organizationId: string

  @column()
  declare state: 'live' | 'ended'

  @column()
  declare startedBy: string | null

  @instant()
  declare startedAt: DateTime

  @instant()
  declare endedAt: DateTime | null

  @instant()
  declare lastCheckedAt: DateTime

  /** When the members are checked again; it serves as the claim of that check. */
  @instant()
  declare nextCheckAt: DateTime | null

  /** Members with whom the session is in trouble. */
  @document()
  declare unhealthy: Record<string, unknown>[]

  @beforeCreate()
  static assignId(session: CampaignSession) {
    session.id ??= uuid()
  }
}
