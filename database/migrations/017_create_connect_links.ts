import { SchemaWithInstants } from '#database/schema_with_instants'

/**
 * Links by which people without an account here connect theirs. The address is signed with the application's key, so a
 * row alone opens nothing. A link follows its connection when that is deleted.
 */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.createTable('connect_links', (table) => {
      this.identifier(table, 'id').primary()
      this.identifier(table, 'organization_id')
        .notNullable()
        .references('organizations.id')
        .onDelete('CASCADE')
      table.string('provider', 64).notNullable()
      table.string('owner', 255).notNullable()
      // The only account that it connects: named by whoever made the link, or the first that came by it.
      this.identifier(table, 'connection_id').nullable().references('connections.id').onDelete('CASCADE')
      this.document(table, 'config', '{}')
      table.text('return_url').nullable()
      table.string('created_by', 255).notNullable()
      this.instant(table, 'created_at').notNullable()
      this.instant(table, 'expires_at').notNullable()
      // Until when one attempt has it for itself.
      this.instant(table, 'busy_until').nullable()
      table.index(['organization_id', 'expires_at'])
      table.index(['connection_id'])
    })
  }

  async down() {
    this.schema.dropTable('connect_links')
  }
}
