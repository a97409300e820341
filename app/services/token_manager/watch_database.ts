import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { watchPostgres } from '#services/token_manager/postgres_changes'
import { watchSqlite } from '#services/token_manager/sqlite_changes'
import type { TokenChanges } from '#services/token_manager/token_changes'

/** Watches the database behind `db` for what any process commits. Whoever asks closes it. */
export async function watchDatabase(db: QueryClientContract): Promise<TokenChanges> {
  const { connection } = db.getWriteClient().client.config
  return db.dialect.name === 'postgres'
    ? watchPostgres(connection.connectionString, null)
    : watchSqlite(connection.filename)
}
