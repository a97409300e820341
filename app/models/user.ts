import { withAuthFinder } from '@adonisjs/auth/mixins/lucid'
import { compose } from '@adonisjs/core/helpers'
import hash from '@adonisjs/core/services/hash'
import { BaseModel, beforeCreate, column, hasMany } from '@adonisjs/lucid/orm'
import type { HasMany } from '@adonisjs/lucid/types/relations'
import type { DateTime } from 'luxon'
import { instant } from '#models/columns'
import Membership from '#models/membership'
import { uuid } from '#models/uuid'

const AuthFinder = withAuthFinder(() => hash.use('scrypt'), {
  uids: ['email'],
  passwordColumnName: 'password',
})

/** A person who signs in. E-mail addresses are kept in lower case. */
export default class User extends compose(BaseModel, AuthFinder) {
  static table = 'users'
  static selfAssignPrimaryKey = true

  @column({ isPrimary: true })
  declare id: string

  @column()
  declare email: string

  @column()
  declare fullName: string | null

  /** The language that the person chose; null: whatever the browser asks for. */
  @column()
  declare locale: string | null

  /** IANA name; null: UTC. */
  @column()
  declare timeZone: string | null

  @column({ serializeAs: null })
  declare password: string

  /** A session that was opened under an older number has ended. */
  @column()
  declare sessionEpoch: number

  @instant({ autoCreate: true })
  declare createdAt: DateTime

  @instant({ autoCreate: true, autoUpdate: true })
  declare updatedAt: DateTime | null

  @hasMany(() => Membership)
  declare memberships: HasMany<typeof Membership>

  @beforeCreate()
  static assignId(user: User) {
    user.id ??= uuid()
  }
}
