import { SchemaWithInstants } from '#database/schema_with_instants'

/** The addresses by which the first person may come in, and what the installation remembers about itself. */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.createTable('setup_tokens', (table) => {
      // SHA-256 of the token, in hex. The token itself is printed once and kept nowhere.
      table.string('token_hash', 64).primary()
      this.instant(table, 'made_at').notNullable()
    })
    this.schema.createTable('installation_facts', (table) => {
      table.string('name', 32).primary()
      this.instant(table, 'noted_at').notNullable()
      this.document(table, 'fact', '{}')
    })
  }

  async down() {
    for (const name of ['installation_facts', 'setup_tokens']) this.schema.dropTable(name)
  }
}
