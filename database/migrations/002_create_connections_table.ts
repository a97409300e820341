import { SchemaWithInstants } from '#database/schema_with_instants'

const STATUSES = ['connected', 'token_expired', 'needs_reauth', 'error', 'suspended', 'disconnected']

export default class extends SchemaWithInstants {
  async up() {
    this.schema.createTable('connections', (table) => {
      this.identifier(table, 'id').primary()
      this.identifier(table, 'organization_id')
        .notNullable()
        .references('organizations.id')
        .onDelete('CASCADE')
      table.string('owner', 255).notNullable()
      this.identifier(table, 'owner_user_id').nullable().references('users.id').onDelete('SET NULL')
      table.string('provider', 64).notNullable()
      table.string('provider_account_id', 255).notNullable()
      table.string('username', 255).nullable()
      table.string('display_name', 255).nullable()
      table.text('avatar_url').nullable()
      this.identifier(table, 'parent_id').nullable().references('connections.id').onDelete('CASCADE')

      table.text('access_token').nullable()
      table.text('refresh_token').nullable()
      table.text('token_secret').nullable()
      table.text('spare_refresh_token').nullable()
      table.enum('token_type', ['oauth2', 'oauth1a', 'static']).notNullable().defaultTo('oauth2')
      this.document(table, 'scopes', '[]')
      this.instant(table, 'token_expires_at').nullable()
      table.enum('expiry_source', ['provider', 'assumed', 'never']).notNullable().defaultTo('provider')
      this.instant(table, 'grant_expires_at').nullable()
      table.integer('token_version').notNullable().defaultTo(1)
      table.integer('grant_generation').notNullable().defaultTo(1)
      table.string('credential_fp', 64).nullable()
      this.instant(table, 'connected_at').nullable()
      this.instant(table, 'granted_at').nullable()

      this.instant(table, 'keep_alive_until').nullable()
      table.boolean('children_pending').notNullable().defaultTo(false)
      this.instant(table, 'last_token_refresh_at').nullable()
      table.enum('last_refresh_status', ['pending', 'success', 'error']).nullable()
      this.instant(table, 'token_refresh_failed_at').nullable()
      table.integer('refresh_count').notNullable().defaultTo(0)
      this.instant(table, 'next_refresh_at').nullable()
      this.instant(table, 'last_validated_at').nullable()

      table.enum('status', STATUSES).notNullable().defaultTo('connected')
      table.string('status_reason', 64).nullable()
      table.string('error_code', 255).nullable()
      table.text('error_message').nullable()
      table.boolean('is_active').notNullable().defaultTo(true)
      this.instant(table, 'paused_at').nullable()
      table.boolean('is_suspended').notNullable().defaultTo(false)
      this.instant(table, 'suspended_at').nullable()
      table.text('suspended_reason').nullable()

      this.identifier(table, 'attempt_id').nullable()
      this.instant(table, 'lease_until').nullable()
      this.identifier(table, 'worker_id').nullable()
      table.integer('open_attempts').notNullable().defaultTo(0)
      table.integer('retry_count').notNullable().defaultTo(0)

      this.document(table, 'config', '{}')
      this.document(table, 'metadata', '{}')
      this.document(table, 'tags', '[]')
      this.instant(table, 'created_at').notNullable()
      this.instant(table, 'updated_at').notNullable()

      table.unique(['organization_id', 'provider', 'provider_account_id'])
      table.index(['organization_id', 'provider', 'owner'])
      table.index(['parent_id'])
      table.index(['organization_id', 'created_at', 'id'])
    })

    this.schema.raw(
      `CREATE INDEX connections_due_index ON connections (provider, next_refresh_at)
       WHERE is_active AND paused_at IS NULL AND next_refresh_at IS NOT NULL`
    )
    this.schema.raw(
      'CREATE INDEX connections_leased_index ON connections (lease_until) WHERE lease_until IS NOT NULL'
    )
  }

  async down() {
    this.schema.dropTable('connections')
  }
}
