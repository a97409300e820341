import { SchemaWithInstants } from '#database/schema_with_instants'

/** What runs that refresh or test tell of each account beside its status, the order of a run's page, and how results age. */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.alterTable('runs', (table) => {
      // Of those that failed: those that are tried again by themselves.
      table.integer('retrying').notNullable().defaultTo(0)
    })
    this.schema.alterTable('run_results', (table) => {
      table.string('error_code', 255).nullable()
      this.instant(table, 'old_expires_at').nullable()
      this.instant(table, 'new_expires_at').nullable()
      this.instant(table, 'retry_at').nullable()
      table.index(['run_id', 'provider', 'connection_id'], 'run_results_page_index')
      table.index(['created_at'], 'run_results_age_index')
    })
  }

  async down() {
    this.schema.alterTable('run_results', (table) => {
      table.dropIndex(['created_at'], 'run_results_age_index')
      table.dropIndex(['run_id', 'provider', 'connection_id'], 'run_results_page_index')
      table.dropColumns('error_code', 'old_expires_at', 'new_expires_at', 'retry_at')
    })
    this.schema.alterTable('runs', (table) => table.dropColumn('retrying'))
  }
}
