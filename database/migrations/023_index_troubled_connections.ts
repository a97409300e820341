import { SchemaWithInstants } from '#database/schema_with_instants'

/**
 * What the overview asks: which accounts are in trouble. The index is empty where nothing is, and a refresh that goes well
 * does not write to it.
 */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.raw(
      `CREATE INDEX connections_troubled_index ON connections (organization_id, provider, status, status_reason)
       WHERE paused_at IS NULL
         AND (status <> 'connected' OR NOT is_active OR token_refresh_failed_at IS NOT NULL)`
    )
  }

  async down() {
    this.schema.raw('DROP INDEX connections_troubled_index')
  }
}
