import { SchemaWithInstants } from '#database/schema_with_instants'

/**
 * What the refresh log keeps of the requests of an attempt; and, of an account, by how much chance may bring its refresh
 * forward (percent of its window; null: as usual) and whether it goes before others. The index holds only the accounts
 * that do, so that it costs nothing where there are none.
 */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.alterTable('refresh_attempts', (table) => void this.document(table, 'details', null))
    this.schema.alterTable('connections', (table) => {
      table.integer('refresh_jitter').nullable()
      table.string('priority', 16).notNullable().defaultTo('normal')
    })
    this.schema.raw(
      `CREATE INDEX connections_urgent_index ON connections (priority, provider, next_refresh_at)
       WHERE priority = 'high' AND is_active AND paused_at IS NULL AND next_refresh_at IS NOT NULL`
    )
  }

  /** Statement by statement: on SQLite the schema builder would make the tables anew, without their triggers. */
  async down() {
    this.schema.raw('DROP INDEX connections_urgent_index')
    this.schema.raw('ALTER TABLE connections DROP COLUMN priority')
    this.schema.raw('ALTER TABLE connections DROP COLUMN refresh_jitter')
    this.schema.raw('ALTER TABLE refresh_attempts DROP COLUMN details')
  }
}
