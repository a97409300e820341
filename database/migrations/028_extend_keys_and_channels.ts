import { SchemaWithInstants } from '#database/schema_with_instants'

/** Which key took the place of another, and in whose language and zone a channel is written to. */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.alterTable('api_keys', (table) => void this.identifier(table, 'replaced_by').nullable())
    this.schema.alterTable('notification_channels', (table) => {
      // Empty: English, and UTC.
      table.string('locale', 16).nullable()
      table.string('time_zone', 64).nullable()
    })
  }

  /** Statement by statement: on SQLite the schema builder would make the tables anew, without their triggers. */
  async down() {
    this.schema.raw('ALTER TABLE notification_channels DROP COLUMN time_zone')
    this.schema.raw('ALTER TABLE notification_channels DROP COLUMN locale')
    this.schema.raw('ALTER TABLE api_keys DROP COLUMN replaced_by')
  }
}
