import { SchemaWithInstants } from '#database/schema_with_instants'

/**
 * What people set on one account: notes of their own, a wish to refresh earlier than its provider's definition says (in
 * milliseconds; null follows the definition), and whether people are to hear of it.
 */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.alterTable('connections', (table) => {
      table.text('notes').nullable()
      table.integer('refresh_margin').nullable()
      table.boolean('alerts_muted').notNullable().defaultTo(false)
    })
  }

  async down() {
    this.schema.alterTable('connections', (table) => {
      table.dropColumns('notes', 'refresh_margin', 'alerts_muted')
    })
  }
}
