import { SchemaWithInstants } from '#database/schema_with_instants'

/**
 * Who did what. Actors and targets are no foreign keys: an entry outlives both, and keeps the names they had. Tokens that
 * leave by the API are counted in one entry for each key, connection and hour.
 */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.createTable('audit_events', (table) => {
      this.identifier(table, 'id').primary()
      // Null: somebody whom no organization knows, such as a sign-in with an unknown address.
      this.identifier(table, 'organization_id').nullable().references('organizations.id').onDelete('CASCADE')
      this.instant(table, 'created_at').notNullable()
      table.string('actor_kind', 16).notNullable()
      table.string('actor_id', 64).nullable()
      table.string('actor_name', 255).notNullable()
      table.string('action', 64).notNullable()
      table.string('target_kind', 32).nullable()
      table.string('target_id', 64).nullable()
      table.string('target_name', 255).nullable()
      table.string('ip', 45).nullable()
      table.string('user_agent', 255).nullable()
      table.string('request_id', 64).nullable()
      table.string('outcome', 16).notNullable()
      table.integer('status').nullable()
      this.document(table, 'changes', '{}')
      this.document(table, 'given', '{}')
      table.integer('count').notNullable().defaultTo(1)
      // The last of those that the entry counts.
      this.instant(table, 'until_at').nullable()
      table.index(['organization_id', 'target_id', 'created_at'])
      table.index(['organization_id', 'actor_id', 'created_at'])
      table.index(['created_at'])
    })
    this.schema.raw(
      `CREATE INDEX audit_events_actions_index ON audit_events (organization_id, created_at, id)
       WHERE action <> 'token.hand_out'`
    )
    this.schema.raw(
      `CREATE INDEX audit_events_hand_outs_index ON audit_events (organization_id, created_at, id)
       WHERE action = 'token.hand_out'`
    )
    this.schema.raw(
      `CREATE UNIQUE INDEX audit_events_count_index
       ON audit_events (organization_id, actor_id, target_id, created_at) WHERE action = 'token.hand_out'`
    )
  }

  async down() {
    this.schema.dropTable('audit_events')
  }
}
