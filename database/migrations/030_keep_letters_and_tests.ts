import { SchemaWithInstants } from '#database/schema_with_instants'

/** To whom a reconnect link was sent, and what the last test of a provider's credentials found. */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.alterTable('connect_links', (table) => {
      this.instant(table, 'sent_at').nullable()
      // With its middle left out: the address itself is kept where people are.
      table.string('sent_to', 320).nullable()
    })
    this.schema.alterTable('providers', (table) => {
      this.instant(table, 'tested_at').nullable()
      table.string('tested_by', 255).nullable()
      // Null after a test: the credentials are others since.
      table.string('test_verdict', 16).nullable()
      table.string('test_code', 255).nullable()
    })
  }

  /** Statement by statement: on SQLite the schema builder would make the tables anew, without their triggers. */
  async down() {
    for (const column of ['test_code', 'test_verdict', 'tested_by', 'tested_at'])
      this.schema.raw(`ALTER TABLE providers DROP COLUMN ${column}`)
    for (const column of ['sent_to', 'sent_at'])
      this.schema.raw(`ALTER TABLE connect_links DROP COLUMN ${column}`)
  }
}
