import { BaseModel, beforeCreate, column } from '@adonisjs/lucid/orm'
import type { DateTime } from 'luxon'
import { document, instant } from '#models/columns'
import { uuid } from '#models/uuid'
import type { ProviderEntry } from '#oauth/providers_file_types'

/** What an authorization server answered to a dynamic registration (RFC 7591 §3.2.1), without its secrets. */
export type StoredRegistration = { client_id: string } & Record<string, unknown>

/**
 * A provider that an organization added in the UI: a row of `providers`, which the catalogue turns into a definition.
 * Two columns hold ciphertext, sealed for this row; they never leave the model by serialization.
 */
export default class ProviderRow extends BaseModel {
  static table = 'providers'
  static selfAssignPrimaryKey = true

  @column({ isPrimary: true })
  declare id: string

  @column()
  declare organizationId: string

  /** What its organization calls it, in addresses and in import lines. */
  @column()
  declare key: string

  @column()
  declare name: string

  /** The id of the generic definition that it starts from: any OAuth 2.0 server, or any MCP server. */
  @column()
  declare kind: string

  /** The fields of PROVIDERS_FILE, without its secrets. */
  @document()
  declare entry: ProviderEntry

  @column({ serializeAs: null })
  declare clientSecret: string | null

  /** Null where the client was not registered dynamically. */
  @document()
  declare registration: StoredRegistration | null

  @column({ serializeAs: null })
  declare registrationAccessToken: string | null

  /** The last test of the credentials: when, by whom, and what it found; no verdict where they were changed since. */
  @instant()
  declare testedAt: DateTime | null

  @column()
  declare testedBy: string | null

  @column()
  declare testVerdict: string | null

  @column()
  declare testCode: string | null

  @instant({ autoCreate: true })
  declare createdAt: DateTime

  @instant({ autoCreate: true })
  declare updatedAt: DateTime

  @beforeCreate()
  static assignId(row: ProviderRow) {
    row.id ??= uuid()
  }
}
