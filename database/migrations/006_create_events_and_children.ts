import { SchemaWithInstants } from '#database/schema_with_instants'

/** The outbox of what people must hear of, and what is owed to accounts whose tokens derive from another's. */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.alterTable('connections', (table) => {
      this.instant(table, 'children_due_at').nullable()
      table.integer('children_failures').notNullable().defaultTo(0)
      table.string('children_error', 255).nullable()
    })
    this.schema.raw(
      `CREATE INDEX connections_children_index ON connections (children_due_at)
       WHERE children_pending AND is_active AND paused_at IS NULL`
    )
    this.schema.raw(
      `CREATE INDEX connections_deadline_index ON connections (grant_expires_at)
       WHERE is_active AND paused_at IS NULL AND grant_expires_at IS NOT NULL`
    )

    this.schema.createTable('events', (table) => {
      this.identifier(table, 'id').primary()
      this.identifier(table, 'organization_id')
        .notNullable()
        .references('organizations.id')
        .onDelete('CASCADE')
      this.identifier(table, 'connection_id').nullable().references('connections.id').onDelete('CASCADE')
      table.string('provider', 64).nullable()
      table.string('name', 64).notNullable()
      table.enum('severity', ['normal', 'high', 'urgent']).notNullable()
      this.document(table, 'data', '{}')
      table.string('dedupe_key', 255).notNullable().unique()
      this.instant(table, 'created_at').notNullable()
      this.instant(table, 'dispatched_at').nullable()
      table.index(['organization_id', 'created_at'])
      table.index(['connection_id', 'created_at'])
    })
    this.schema.raw('CREATE INDEX events_waiting_index ON events (created_at) WHERE dispatched_at IS NULL')
  }

  async down() {
    this.schema.dropTable('events')
    this.schema.raw('DROP INDEX connections_children_index')
    this.schema.raw('DROP INDEX connections_deadline_index')
    this.schema.alterTable('connections', (table) => {
      table.dropColumns('children_due_at', 'children_failures', 'children_error')
    })
  }
}
