import { SchemaWithInstants } from '#database/schema_with_instants'

/** Where a connection is kept alive otherwise than its provider's definition says; null follows the definition. */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.alterTable('connections', (table) => {
      table.string('keep_alive', 32).nullable()
    })
  }

  async down() {
    this.schema.alterTable('connections', (table) => table.dropColumn('keep_alive'))
  }
}
