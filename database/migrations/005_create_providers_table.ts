import { SchemaWithInstants } from '#database/schema_with_instants'

/** Providers that people added in the UI, each for its own organization. */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.createTable('providers', (table) => {
      this.identifier(table, 'id').primary()
      this.identifier(table, 'organization_id')
        .notNullable()
        .references('organizations.id')
        .onDelete('CASCADE')
      table.string('key', 48).notNullable()
      table.string('name', 100).notNullable()
      table.string('kind', 32).notNullable().defaultTo('oauth2')
      this.document(table, 'entry', '{}')
      table.text('client_secret').nullable()
      this.document(table, 'registration', null)
      table.text('registration_access_token').nullable()
      this.instant(table, 'created_at').notNullable()
      this.instant(table, 'updated_at').notNullable()
      table.unique(['organization_id', 'key'])
    })
  }

  async down() {
    this.schema.dropTable('providers')
  }
}
