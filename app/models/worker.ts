import { BaseModel, column } from '@adonisjs/lucid/orm'
import type { DateTime } from 'luxon'
import { instant } from '#models/columns'

/** A process that may hold claims. Its beat tells whether it lives; `scheduler_ticked_at` is the scheduler's heartbeat. */
export default class Worker extends BaseModel {
  static selfAssignPrimaryKey = true

  @column({ isPrimary: true })
  declare id: string

  @column()
  declare host: string

  @column()
  declare bootId: string

  @column()
  declare pid: number

  @column()
  declare role: string

  @instant()
  declare startedAt: DateTime

  @instant()
  declare beatAt: DateTime

  @instant()
  declare schedulerTickedAt: DateTime | null

  @column()
  declare schedulerIntervalMs: number | null
}
