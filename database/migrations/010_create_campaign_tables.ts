import { SchemaWithInstants } from '#database/schema_with_instants'

/** Campaigns: who leads them, which channels belong to them and until when these may be used, and their sessions. */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.createTable('campaigns', (table) => {
      this.identifier(table, 'id').primary()
      this.identifier(table, 'organization_id')
        .notNullable()
        .references('organizations.id')
        .onDelete('CASCADE')
      table.string('name', 255).notNullable()
      table.integer('window_hours').notNullable().defaultTo(12)
      this.instant(table, 'archived_at').nullable()
      this.instant(table, 'created_at').notNullable()
      this.instant(table, 'updated_at').notNullable()
      table.index(['organization_id', 'name'])
    })

    this.schema.createTable('campaign_game_masters', (table) => {
      this.#campaign(table)
      this.identifier(table, 'user_id').notNullable().references('users.id').onDelete('CASCADE')
      this.instant(table, 'created_at').notNullable()
      table.primary(['campaign_id', 'user_id'])
      table.index(['user_id'])
    })

    this.schema.createTable('campaign_members', (table) => {
      this.#campaign(table)
      this.identifier(table, 'connection_id').notNullable().references('connections.id').onDelete('CASCADE')
      this.instant(table, 'authorized_until').nullable()
      this.instant(table, 'authorized_at').nullable()
      this.#person(table, 'authorized_by')
      this.instant(table, 'revoked_at').nullable()
      this.instant(table, 'created_at').notNullable()
      table.primary(['campaign_id', 'connection_id'])
      table.index(['connection_id'])
    })

    this.schema.createTable('campaign_sessions', (table) => {
      this.identifier(table, 'id').primary()
      this.#campaign(table)
      this.identifier(table, 'organization_id')
        .notNullable()
        .references('organizations.id')
        .onDelete('CASCADE')
      table.enum('state', ['live', 'ended']).notNullable()
      this.#person(table, 'started_by')
      this.instant(table, 'started_at').notNullable()
      this.instant(table, 'ended_at').nullable()
      this.instant(table, 'last_checked_at').notNullable()
      this.instant(table, 'next_check_at').nullable()
      this.document(table, 'unhealthy', '[]')
      table.index(['campaign_id', 'started_at'])
    })
    this.schema.raw(
      `CREATE UNIQUE INDEX campaign_sessions_live_index ON campaign_sessions (campaign_id) WHERE state = 'live'`
    )
    this.schema.raw(
      `CREATE INDEX campaign_sessions_due_index ON campaign_sessions (next_check_at) WHERE state = 'live'`
    )
  }

  async down() {
    for (const name of ['campaign_sessions', 'campaign_members', 'campaign_game_masters', 'campaigns'])
      this.schema.dropTable(name)
  }

  #campaign(table: Parameters<SchemaWithInstants['identifier']>[0]) {
    return this.identifier(table, 'campaign_id').notNullable().references('campaigns.id').onDelete('CASCADE')
  }

  #person(table: Parameters<SchemaWithInstants['identifier']>[0], name: string) {
    return this.identifier(table, name).nullable().references('users.id').onDelete('SET NULL')
  }
}
