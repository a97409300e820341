import type { Knex } from 'knex'
import { SchemaWithInstants } from '#database/schema_with_instants'

/** Borders of the duration histogram: `b0` to `b11`, the last one open. See `app/services/figures/histogram.ts`. */
const BUCKETS = 12

/** Hourly figures of the refresh log, the alerts that are open, and the indexes that the log is read and pruned by. */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.createTable('refresh_figures', (table) => {
      this.#organization(table)
      this.instant(table, 'hour').notNullable()
      table.string('provider', 64).notNullable()
      table.string('kind', 32).notNullable()
      table.string('job', 64).notNullable()
      table.string('outcome', 32).notNullable()
      table.integer('attempts').notNullable()
      table.bigInteger('duration_ms').notNullable()
      for (let bucket = 0; bucket < BUCKETS; bucket++) table.integer(`b${bucket}`).notNullable()
      table.primary(['organization_id', 'hour', 'provider', 'kind', 'job', 'outcome'])
    })

    this.schema.createTable('refresh_figure_marks', (table) => {
      this.#organization(table).primary()
      this.instant(table, 'rolled_until').notNullable()
    })

    this.schema.createTable('figure_alerts', (table) => {
      this.#organization(table)
      table.string('rule', 32).notNullable()
      table.string('subject', 128).notNullable()
      table.double('value').notNullable()
      table.double('limit_value').notNullable()
      table.integer('sample').notNullable()
      this.instant(table, 'opened_at').notNullable()
      table.primary(['organization_id', 'rule', 'subject'])
    })

    this.schema.alterTable('runs', (table) => {
      table.index(['organization_id', 'created_at'], 'runs_organization_index')
    })
    this.schema.raw(
      `CREATE INDEX refresh_attempts_failed_index ON refresh_attempts (organization_id, created_at)
       WHERE outcome = 'failed'`
    )
    this.schema.raw(
      `CREATE INDEX refresh_attempts_kind_index ON refresh_attempts (organization_id, kind, created_at)
       WHERE kind <> 'scheduled'`
    )
    this.schema.raw(
      'CREATE INDEX events_dispatched_index ON events (created_at) WHERE dispatched_at IS NOT NULL'
    )
  }

  async down() {
    for (const name of [
      'events_dispatched_index',
      'refresh_attempts_kind_index',
      'refresh_attempts_failed_index',
    ])
      this.schema.raw(`DROP INDEX ${name}`)
    this.schema.alterTable('runs', (table) => {
      table.dropIndex(['organization_id', 'created_at'], 'runs_organization_index')
    })
    for (const name of ['figure_alerts', 'refresh_figure_marks', 'refresh_figures'])
      this.schema.dropTable(name)
  }

  #organization(table: Knex.CreateTableBuilder) {
    return this.identifier(table, 'organization_id')
      .notNullable()
      .references('organizations.id')
      .onDelete('CASCADE')
  }
}
