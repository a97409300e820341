import { BaseSchema } from '@adonisjs/lucid/schema'
import type { Knex } from 'knex'

/**
 * Base of our migrations. `instant` adds a nullable column for a moment in UTC: whole milliseconds since the epoch on
 * SQLite, whose driver knows no time type, and `timestamptz` on PostgreSQL. `identifier` adds a UUID column.
 */
export abstract class SchemaWithInstants extends BaseSchema {
  get #onPostgres() {
    return this.db.dialect.name === 'postgres'
  }

  instant(table: Knex.CreateTableBuilder, name: string): Knex.ColumnBuilder {
    return this.#onPostgres ? table.timestamp(name, { useTz: true, precision: 3 }) : table.bigInteger(name)
  }

  /** A JSON document: `jsonb` on PostgreSQL, text on SQLite; with `empty` null it may be absent. */
  document(table: Knex.CreateTableBuilder, name: string, empty: '{}' | '[]' | null): Knex.ColumnBuilder {
    const column = this.#onPostgres ? table.jsonb(name) : table.text(name)
    return empty === null ? column.nullable() : column.notNullable().defaultTo(empty)
  }

  identifier(table: Knex.CreateTableBuilder, name: string): Knex.ColumnBuilder {
    return table.uuid(name)
  }
}
