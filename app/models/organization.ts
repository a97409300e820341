import { BaseModel, beforeCreate, column, hasMany } from '@adonisjs/lucid/orm'
import type { HasMany } from '@adonisjs/lucid/types/relations'
import type { DateTime } from 'luxon'
import { instant } from '#models/columns'
import Membership from '#models/membership'
import { uuid } from '#models/uuid'

/** A tenant. Nothing of one organization is visible to another. */
export default class Organization extends BaseModel {
  static selfAssignPrimaryKey = true

  @column({ isPrimary: true })
  declare id: string

  @column()
  declare slug: string

  @column()
  declare name: string

  @instant({ autoCreate: true })
  declare createdAt: DateTime

  @hasMany(() => Membership)
  declare memberships: HasMany<typeof Membership>

  @beforeCreate()
  static assignId(organization: Organization) {
    organization.id ??= uuid()
  }
}
