import { SchemaWithInstants } from '#database/schema_with_instants'

/**
 * Tokens of disconnected accounts that their providers still have to end. A row holds the only copy of its token and goes
 * with the provider's answer. The account is named by value: its connection may be deleted meanwhile.
 */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.createTable('revocations', (table) => {
      this.identifier(table, 'id').primary()
      this.identifier(table, 'organization_id')
        .notNullable()
        .references('organizations.id')
        .onDelete('CASCADE')
      this.identifier(table, 'connection_id').notNullable()
      table.string('provider', 64).notNullable()
      table.string('provider_account_id', 255).notNullable()
      table.text('token').notNullable()
      table.enum('hint', ['access_token', 'refresh_token']).notNullable()
      this.document(table, 'config', '{}')
      this.document(table, 'metadata', '{}')
      this.instant(table, 'expires_at').nullable()
      table.integer('attempts').notNullable().defaultTo(0)
      table.string('last_error', 255).nullable()
      this.instant(table, 'next_at').notNullable()
      this.instant(table, 'created_at').notNullable()
      table.index(['next_at'])
      table.index(['connection_id'])
    })
  }

  async down() {
    this.schema.dropTable('revocations')
  }
}
