import { SchemaWithInstants } from '#database/schema_with_instants'

export default class extends SchemaWithInstants {
  async up() {
    this.schema.createTable('runs', (table) => {
      this.identifier(table, 'id').primary()
      this.identifier(table, 'organization_id').nullable().references('organizations.id').onDelete('CASCADE')
      table.string('job', 64).notNullable()
      table.string('kind', 32).notNullable()
      table.string('trigger', 32).notNullable()
      table.string('actor', 255).nullable()
      this.document(table, 'selection', '{}')
      table.boolean('dry_run').notNullable().defaultTo(false)
      table.enum('state', ['queued', 'running', 'finished', 'cancelled', 'failed']).notNullable()
      this.instant(table, 'scheduled_for').nullable()
      table.integer('total').notNullable().defaultTo(0)
      table.integer('refreshed').notNullable().defaultTo(0)
      table.integer('failed').notNullable().defaultTo(0)
      table.integer('skipped').notNullable().defaultTo(0)
      table.text('error').nullable()
      this.identifier(table, 'worker_id').nullable()
      this.instant(table, 'started_at').nullable()
      this.instant(table, 'finished_at').nullable()
      this.instant(table, 'created_at').notNullable()
      table.unique(['organization_id', 'job', 'scheduled_for'])
      table.index(['created_at', 'id'])
    })

    this.schema.createTable('refresh_attempts', (table) => {
      this.identifier(table, 'id').primary()
      this.identifier(table, 'organization_id').notNullable()
      this.identifier(table, 'connection_id').notNullable().references('connections.id').onDelete('CASCADE')
      this.identifier(table, 'run_id').nullable()
      table.string('provider', 64).notNullable()
      table.string('kind', 32).notNullable()
      table.enum('outcome', ['success', 'failed', 'superseded']).notNullable()
      table.string('failure_class', 32).nullable()
      table.string('error_code', 255).nullable()
      table.text('error_message').nullable()
      table.integer('http_status').nullable()
      table.integer('strike').notNullable().defaultTo(0)
      table.string('transition', 32).nullable()
      table.boolean('in_doubt').notNullable().defaultTo(false)
      table.integer('duration_ms').notNullable()
      this.instant(table, 'old_expires_at').nullable()
      this.instant(table, 'new_expires_at').nullable()
      table.string('old_fp', 64).nullable()
      table.string('new_fp', 64).nullable()
      this.identifier(table, 'worker_id').nullable()
      this.instant(table, 'created_at').notNullable()
      table.index(['connection_id', 'created_at'])
      table.index(['organization_id', 'created_at'])
      table.index(['run_id'])
    })

    this.schema.createTable('workers', (table) => {
      this.identifier(table, 'id').primary()
      table.string('host', 255).notNullable()
      table.string('boot_id', 64).notNullable()
      table.integer('pid').notNullable()
      table.string('role', 32).notNullable()
      this.instant(table, 'started_at').notNullable()
      this.instant(table, 'beat_at').notNullable()
      this.instant(table, 'scheduler_ticked_at').nullable()
      table.integer('scheduler_interval_ms').nullable()
    })

    this.schema.createTable('client_gates', (table) => {
      table.string('id', 128).primary()
      table.enum('flow', ['open', 'paused', 'probing']).notNullable().defaultTo('open')
      table.string('reason', 32).nullable()
      table.string('error_code', 255).nullable()
      this.instant(table, 'until').nullable()
      table.integer('failures').notNullable().defaultTo(0)
      table.double('allowance').nullable()
      this.instant(table, 'allowance_at').nullable()
      this.instant(table, 'updated_at').notNullable()
    })

    this.schema.createTable('encryption_keys', (table) => {
      table.string('id', 64).primary()
      table.text('check_value').notNullable()
      this.instant(table, 'created_at').notNullable()
      this.instant(table, 'retired_at').nullable()
    })
  }

  async down() {
    for (const name of ['encryption_keys', 'client_gates', 'workers', 'refresh_attempts', 'runs']) {
      this.schema.dropTable(name)
    }
  }
}
