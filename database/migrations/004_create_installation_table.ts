import { SchemaWithInstants } from '#database/schema_with_instants'

/** One row: which database this is, when its engine was last seen at work, and whether it may refresh at all. */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.createTable('installation', (table) => {
      this.identifier(table, 'id').primary()
      table.string('witness', 255).nullable()
      this.instant(table, 'seen_at').notNullable()
      this.instant(table, 'quarantined_at').nullable()
      table.text('quarantine_reason').nullable()
    })
  }

  async down() {
    this.schema.dropTable('installation')
  }
}
