import type { Knex } from 'knex'
import { SchemaWithInstants } from '#database/schema_with_instants'

/** Keys with which programs act for an organization, and what they were answered to requests that they may repeat. */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.createTable('api_keys', (table) => {
      this.identifier(table, 'id').primary()
      this.#of(table, 'organization_id', 'organizations')
      table.string('name', 255).notNullable()
      // SHA-256 of the secret part, in hex. The key itself is shown once and kept nowhere.
      table.string('hash', 64).notNullable()
      this.document(table, 'abilities', '[]')
      table.string('created_by', 255).nullable()
      this.instant(table, 'created_at').notNullable()
      this.instant(table, 'last_used_at').nullable()
      this.instant(table, 'expires_at').nullable()
      this.instant(table, 'revoked_at').nullable()
      table.index(['organization_id', 'created_at'])
    })
    this.schema.createTable('idempotency_keys', (table) => {
      this.#of(table, 'api_key_id', 'api_keys')
      table.string('key', 255).notNullable()
      table.string('fingerprint', 64).notNullable()
      // Empty while the first request is under way.
      table.integer('status').nullable()
      table.string('location', 255).nullable()
      table.text('body').nullable()
      this.instant(table, 'created_at').notNullable()
      table.primary(['api_key_id', 'key'])
      table.index(['created_at'])
    })
  }

  #of(table: Knex.CreateTableBuilder, column: string, owner: string) {
    this.identifier(table, column).notNullable().references(`${owner}.id`).onDelete('CASCADE')
  }

  async down() {
    this.schema.dropTable('idempotency_keys')
    this.schema.dropTable('api_keys')
  }
}
