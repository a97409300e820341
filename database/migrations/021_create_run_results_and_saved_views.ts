import { SchemaWithInstants } from '#database/schema_with_instants'

const NAME = `lower(substr(coalesce(nullif(display_name, ''), nullif(username, ''), provider_account_id), 1, 64))`

interface ListIndex {
  name: string
  columns: string
  /** Null: all rows. No index where a database is not named. */
  where: Partial<Record<'sqlite' | 'postgres', string | null>>
}

/** Few accounts need somebody, and those are looked for most. */
const ATTENTION = `(paused_at IS NOT NULL OR status <> 'connected' OR NOT is_active OR parent_id IS NOT NULL)`

/**
 * The orders of the list (`services/account_sort.ts`). SQLite takes any index that fits a little, and has no statistics to
 * know better: the conditions on `id` hold for every row, and only the statement of that order has them. The times stand
 * behind the id, so that a refresh writes one page of that index and a sort reads no row of the table; PostgreSQL sorts
 * the table itself as fast. No refresh moves an entry of the others.
 */
const INDEXES: readonly ListIndex[] = [
  {
    name: 'connections_name_index',
    columns: `organization_id, (${NAME}), id`,
    where: { sqlite: `id <> 'names'`, postgres: null },
  },
  {
    name: 'connections_times_index',
    columns:
      'organization_id, id, token_expires_at, grant_expires_at, last_token_refresh_at, next_refresh_at',
    where: { sqlite: `id <> 'times'` },
  },
  {
    name: 'connections_attention_index',
    columns: 'organization_id, created_at, id',
    where: { sqlite: ATTENTION, postgres: ATTENTION },
  },
]

/** What came of each account in a run that changes many, the views of the list that people keep, and its order by name. */
export default class extends SchemaWithInstants {
  async up() {
    this.schema.createTable('run_results', (table) => {
      this.identifier(table, 'run_id').notNullable().references('runs.id').onDelete('CASCADE')
      this.identifier(table, 'connection_id').notNullable().references('connections.id').onDelete('CASCADE')
      table.string('provider', 64).notNullable()
      table.string('status', 32).notNullable()
      table.string('reason', 255).nullable()
      // The link that was made for its owner; its address is signed when it is shown.
      this.identifier(table, 'link_id').nullable().references('connect_links.id').onDelete('SET NULL')
      this.instant(table, 'created_at').notNullable()
      table.primary(['run_id', 'connection_id'])
      table.index(['connection_id'])
    })
    this.schema.raw('CREATE INDEX run_results_link_index ON run_results (link_id) WHERE link_id IS NOT NULL')

    this.schema.createTable('saved_views', (table) => {
      this.identifier(table, 'id').primary()
      this.identifier(table, 'organization_id')
        .notNullable()
        .references('organizations.id')
        .onDelete('CASCADE')
      this.identifier(table, 'user_id').notNullable().references('users.id').onDelete('CASCADE')
      table.string('name', 64).notNullable()
      table.text('query').notNullable()
      this.instant(table, 'created_at').notNullable()
      table.unique(['organization_id', 'user_id', 'name'])
    })

    const dialect = this.db.dialect.name === 'postgres' ? 'postgres' : 'sqlite'
    for (const { name, columns, where } of INDEXES) {
      const condition = where[dialect]
      if (condition === undefined) continue
      this.schema.raw(
        `CREATE INDEX ${name} ON connections (${columns})${condition === null ? '' : ` WHERE ${condition}`}`
      )
    }
  }

  async down() {
    for (const { name } of INDEXES) this.schema.raw(`DROP INDEX IF EXISTS ${name}`)
    this.schema.dropTable('saved_views')
    this.schema.dropTable('run_results')
  }
}
