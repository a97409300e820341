import { BaseModel, column } from '@adonisjs/lucid/orm'
import type { DateTime } from 'luxon'
import { instant } from '#models/columns'

/** What people decided about a job in their organization. Without a row it simply runs. */
export default class JobState extends BaseModel {
  static selfAssignPrimaryKey = true
  static primaryKey = 'name'

  @column()
  declare organizationId: string

  @column({ isPrimary: true })
  declare name: string

  @instant()
  declare pausedAt: DateTime | null

  @column()
  declare pausedBy: string | null

  @instant()
  declare resumedAt: DateTime | null
}
