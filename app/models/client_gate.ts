import { BaseModel, column } from '@adonisjs/lucid/orm'
import type { DateTime } from 'luxon'
import { instant } from '#models/columns'

/** The state of one client registration, shared by all processes: may requests flow, and if not, why and until when. */
export default class ClientGate extends BaseModel {
  static selfAssignPrimaryKey = true

  @column({ isPrimary: true })
  declare id: string

  @column()
  declare flow: 'open' | 'paused' | 'probing'

  @column()
  declare reason: string | null

  @column()
  declare errorCode: string | null

  @instant()
  declare until: DateTime | null

  @column()
  declare failures: number

  @instant()
  declare updatedAt: DateTime
}
