import { SchemaWithInstants } from '#database/schema_with_instants'

/**
 * `next_validation_at` says when the regular validation may look at a connection again; it serves as its claim. Most
 * connections are never asked for by it, so the index over first strikes that a validation must confirm is partial.
 */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.alterTable('connections', (table) => {
      this.instant(table, 'next_validation_at').nullable()
    })
    this.schema.alterTable('runs', (table) => {
      this.document(table, 'summary', null)
    })
    this.schema.raw(
      `CREATE INDEX connections_validation_index ON connections (provider, last_validated_at)
       WHERE is_active AND paused_at IS NULL`
    )
    this.schema.raw(
      `CREATE INDEX connections_struck_index ON connections (next_validation_at)
       WHERE token_refresh_failed_at IS NOT NULL AND next_refresh_at IS NULL AND is_active AND paused_at IS NULL`
    )
  }

  async down() {
    this.schema.raw('DROP INDEX connections_validation_index')
    this.schema.raw('DROP INDEX connections_struck_index')
    this.schema.alterTable('runs', (table) => table.dropColumn('summary'))
    this.schema.alterTable('connections', (table) => table.dropColumn('next_validation_at'))
  }
}
