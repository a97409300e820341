import { SchemaWithInstants } from '#database/schema_with_instants'

/** What jobs need beside their runs: cancelling from another process, one run of a job at a time, and pauses. */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.alterTable('runs', (table) => {
      this.instant(table, 'cancel_requested_at').nullable()
      table.string('running_key', 128).nullable()
    })
    this.schema.raw('CREATE UNIQUE INDEX runs_running_key_index ON runs (running_key)')
    this.schema.raw('CREATE INDEX runs_job_index ON runs (organization_id, job, created_at)')
    this.schema.raw(`CREATE INDEX runs_open_index ON runs (state) WHERE state IN ('queued', 'running')`)

    this.schema.createTable('job_states', (table) => {
      this.identifier(table, 'organization_id')
        .notNullable()
        .references('organizations.id')
        .onDelete('CASCADE')
      table.string('name', 64).notNullable()
      this.instant(table, 'paused_at').nullable()
      table.string('paused_by', 255).nullable()
      this.instant(table, 'resumed_at').nullable()
      table.primary(['organization_id', 'name'])
    })
  }

  async down() {
    this.schema.dropTable('job_states')
    for (const name of ['runs_running_key_index', 'runs_job_index', 'runs_open_index'])
      this.schema.raw(`DROP INDEX ${name}`)
    this.schema.alterTable('runs', (table) => {
      table.dropColumns('cancel_requested_at', 'running_key')
    })
  }
}
