import { BaseSchema } from '@adonisjs/lucid/schema'

/** What a cached token depends on: when one of these differs, the token must be read again. */
const WATCHED = [
  'access_token',
  'token_secret',
  'token_version',
  'grant_generation',
  'token_expires_at',
  'scopes',
  'status',
  'is_active',
  'is_suspended',
  'paused_at',
]
/** What decides which connection an owner has at a provider. */
const OWNERSHIP = ['organization_id', 'owner', 'provider', 'parent_id']

const differs = (columns: readonly string[]) =>
  columns.map((column) => `OLD.${column} IS DISTINCT FROM NEW.${column}`).join(' OR ')

/**
 * PostgreSQL only: tells the caches of all processes of each change, within the transaction that makes it. SQLite has
 * `PRAGMA data_version` for this. Equal notifications of one transaction arrive once.
 */
export default class extends BaseSchema {
  async up() {
    if (this.db.dialect.name !== 'postgres') return
    this.schema.raw(`CREATE FUNCTION evergrant_token_changed() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP <> 'INSERT' THEN
          PERFORM pg_notify('evergrant_tokens', 'token:' || OLD.organization_id || '/' || OLD.id);
        END IF;
        IF TG_OP <> 'UPDATE' THEN
          PERFORM pg_notify('evergrant_tokens', 'owners');
        ELSIF ${differs(OWNERSHIP)} OR (OLD.status = 'disconnected') <> (NEW.status = 'disconnected') THEN
          PERFORM pg_notify('evergrant_tokens', 'owners');
        END IF;
        RETURN NULL;
      END $$`)
    this.schema.raw(`CREATE FUNCTION evergrant_organizations_changed() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_notify('evergrant_tokens', 'owners');
        RETURN NULL;
      END $$`)
    this.schema.raw(`CREATE TRIGGER token_changed AFTER UPDATE ON connections FOR EACH ROW
      WHEN (${differs([...WATCHED, ...OWNERSHIP])}) EXECUTE FUNCTION evergrant_token_changed()`)
    this.schema.raw(`CREATE TRIGGER token_came_or_went AFTER INSERT OR DELETE ON connections FOR EACH ROW
      EXECUTE FUNCTION evergrant_token_changed()`)
    this.schema
      .raw(`CREATE TRIGGER organizations_changed AFTER INSERT OR DELETE ON organizations FOR EACH STATEMENT
      EXECUTE FUNCTION evergrant_organizations_changed()`)
  }

  async down() {
    if (this.db.dialect.name !== 'postgres') return
    this.schema.raw('DROP TRIGGER organizations_changed ON organizations')
    this.schema.raw('DROP TRIGGER token_came_or_went ON connections')
    this.schema.raw('DROP TRIGGER token_changed ON connections')
    this.schema.raw('DROP FUNCTION evergrant_organizations_changed, evergrant_token_changed')
  }
}
