import { SchemaWithInstants } from '#database/schema_with_instants'

/** Borders of the duration histogram, as in `refresh_figures`. */
const BUCKETS = 12

/**
 * What all refreshes of all processes came to, for counters that never fall, and the indexes by which a scrape counts
 * without reading whole tables.
 */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.createTable('refresh_totals', (table) => {
      this.identifier(table, 'organization_id')
        .notNullable()
        .references('organizations.id')
        .onDelete('CASCADE')
      table.string('provider', 64).notNullable()
      table.string('outcome', 32).notNullable()
      table.string('reason', 64).notNullable()
      table.bigInteger('attempts').notNullable()
      table.bigInteger('duration_ms').notNullable()
      for (let bucket = 0; bucket < BUCKETS; bucket++) table.bigInteger(`b${bucket}`).notNullable()
      table.primary(['organization_id', 'provider', 'outcome', 'reason'])
    })
    this.schema.raw(
      `CREATE INDEX connections_expiring_index ON connections (provider, token_expires_at)
       WHERE is_active AND paused_at IS NULL AND token_expires_at IS NOT NULL`
    )
    this.schema.raw("CREATE INDEX deliveries_dead_index ON deliveries (created_at) WHERE state = 'dead'")
  }

  async down() {
    this.schema.raw('DROP INDEX deliveries_dead_index')
    this.schema.raw('DROP INDEX connections_expiring_index')
    this.schema.dropTable('refresh_totals')
  }
}
