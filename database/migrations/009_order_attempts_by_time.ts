import { BaseSchema } from '@adonisjs/lucid/schema'

/**
 * Ids of attempts that sort by time (RFC 9562 §5.7), as SQLite's driver makes them, and an index over runs that holds only
 * attempts of runs: both spare the settlement of each refresh a page that it need not touch.
 */
export default class extends BaseSchema {
  async up() {
    if (this.db.dialect.name === 'postgres') {
      const time = 'substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)'
      const bytes = `overlay(uuid_send(gen_random_uuid()) PLACING ${time} FROM 1 FOR 6)`
      // Bits 52 and 53 turn the 4 of the random version into a 7.
      this.schema.raw(`CREATE FUNCTION uuid_v7() RETURNS uuid LANGUAGE sql VOLATILE AS $$
        SELECT encode(set_bit(set_bit(${bytes}, 52, 1), 53, 1), 'hex')::uuid $$`)
    }
    this.schema.alterTable('refresh_attempts', (table) => table.dropIndex(['run_id']))
    this.schema.raw(
      'CREATE INDEX refresh_attempts_run_index ON refresh_attempts (run_id) WHERE run_id IS NOT NULL'
    )
  }

  async down() {
    this.schema.raw('DROP INDEX refresh_attempts_run_index')
    this.schema.alterTable('refresh_attempts', (table) => table.index(['run_id']))
    if (this.db.dialect.name === 'postgres') this.schema.raw('DROP FUNCTION uuid_v7()')
  }
}
