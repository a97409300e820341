import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { systemClock } from '#services/system_clock'
import { openPostgresDriver } from '#token_refresh/postgres_driver'
import { openSqliteDriver } from '#token_refresh/sqlite_driver'
import type { StoreDriver } from '#token_refresh/store_driver'

/** Opens a store driver of its own to the database behind `db`. Whoever opens it closes it. */
export function openDriver(db: QueryClientContract): StoreDriver {
  const { connection } = db.getWriteClient().client.config
  return db.dialect.name === 'postgres'
    ? openPostgresDriver(connection.connectionString)
    : openSqliteDriver(connection.filename, systemClock)
}
