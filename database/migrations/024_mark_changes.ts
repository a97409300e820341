import { BaseSchema } from '@adonisjs/lucid/schema'

/** What a remembered token depends on, and what decides which connection an owner has (as in migration 008). */
const CONNECTION = [
  ...['access_token', 'token_secret', 'token_version', 'grant_generation', 'token_expires_at', 'scopes'],
  ...[
    'status',
    'is_active',
    'is_suspended',
    'paused_at',
    'organization_id',
    'owner',
    'provider',
    'parent_id',
  ],
]
/** What a remembered API key depends on. Its last use is none of it. */
const KEY = ['hash', 'organization_id', 'name', 'abilities', 'expires_at', 'revoked_at']

const differs = (columns: readonly string[], other: string) =>
  columns.map((column) => `OLD.${column} ${other} NEW.${column}`).join(' OR ')

/**
 * Tells the processes that remember tokens and API keys what has changed. PostgreSQL notifies them of keys as migration 008
 * does of tokens. SQLite can only tell that anything was committed; a number that rises with each change that matters
 * spares them to read everything again after each of the many commits that do not.
 */
export default class extends BaseSchema {
  async up() {
    if (this.db.dialect.name === 'postgres') this.#notify()
    else this.#count()
  }

  #notify() {
    this.schema.raw(`CREATE FUNCTION evergrant_keys_changed() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_notify('evergrant_tokens', 'keys');
        RETURN NULL;
      END $$`)
    this.schema.raw(`CREATE TRIGGER key_changed AFTER UPDATE ON api_keys FOR EACH ROW
      WHEN (${differs(KEY, 'IS DISTINCT FROM')}) EXECUTE FUNCTION evergrant_keys_changed()`)
    for (const [name, event] of [
      ['key_went', 'DELETE'],
      ['keys_emptied', 'TRUNCATE'],
    ])
      this.schema.raw(`CREATE TRIGGER ${name} AFTER ${event} ON api_keys FOR EACH STATEMENT
        EXECUTE FUNCTION evergrant_keys_changed()`)
  }

  #count() {
    this.schema.raw(
      'CREATE TABLE change_marks (id INTEGER PRIMARY KEY CHECK (id = 1), mark INTEGER NOT NULL)'
    )
    this.schema.raw('INSERT INTO change_marks (id, mark) VALUES (1, 1)')
    const trigger = (name: string, event: string, when = '') =>
      this.schema.raw(`CREATE TRIGGER ${name} AFTER ${event} ${when} BEGIN
        UPDATE change_marks SET mark = mark + 1 WHERE id = 1;
      END`)
    const changed = (columns: readonly string[]) => `WHEN ${differs(columns, 'IS NOT')}`
    trigger('mark_token_changed', 'UPDATE ON connections', changed(CONNECTION))
    trigger('mark_key_changed', 'UPDATE ON api_keys', changed(KEY))
    trigger('mark_key_went', 'DELETE ON api_keys')
    for (const table of ['connections', 'organizations']) {
      trigger(`mark_${table}_came`, `INSERT ON ${table}`)
      trigger(`mark_${table}_went`, `DELETE ON ${table}`)
    }
  }

  async down() {
    if (this.db.dialect.name === 'postgres') {
      for (const trigger of ['keys_emptied', 'key_went', 'key_changed'])
        this.schema.raw(`DROP TRIGGER ${trigger} ON api_keys`)
      this.schema.raw('DROP FUNCTION evergrant_keys_changed')
      return
    }
    const tables = ['connections', 'organizations'].flatMap((table) => [`${table}_came`, `${table}_went`])
    for (const name of ['token_changed', 'key_changed', 'key_went', ...tables])
      this.schema.raw(`DROP TRIGGER mark_${name}`)
    this.schema.raw('DROP TABLE change_marks')
  }
}
