import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { systemClock } from '#services/system_clock'
import { openPostgresDriver } from '#store/postgres_driver'
import { openSqliteDriver } from '#store/sqlite_driver'
import type { StoreDriver } from '#store/driver'

/** Opens a store driver of its own to the database behind `db`. Whoever opens it closes it. */
export function openDriver(db: QueryClientContract): StoreDriver {
  const { connection } = db.getWriteClient().client.config
  return db.dialect.name === 'postgres'
    ? openPostgresDriver(connection.connectionString)
    : openSqliteDriver(connection.filename, systemClock)
}
