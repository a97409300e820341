import { Redis } from 'ioredis'
import type { Clock } from '#oauth/types'
import type { Engine } from '#services/build_engine'
import { buildTokenManager } from '#services/token_manager/build_token_manager'
import { watchPostgres } from '#services/token_manager/postgres_changes'
import { watchSqlite } from '#services/token_manager/sqlite_changes'
import type { TokenManager } from '#services/token_manager/token_manager'
import { openPostgresDriver } from '#store/postgres_driver'
import { openSqliteDriver } from '#store/sqlite_driver'
import { TIMING } from '#tests/helpers/refresh_fixtures'
import type { DatabasePlace } from '#tests/helpers/lab/lab_database'

/** The token manager of one laboratory process, with the settings for Redis that ship. */
export async function labTokens(
  engine: Engine,
  place: DatabasePlace,
  clock: Clock,
  redisPort: number | null
): Promise<TokenManager> {
  const onSqlite = place.dialect === 'sqlite'
  return buildTokenManager({
    engine,
    driver: onSqlite ? openSqliteDriver(place.file, clock) : openPostgresDriver(place.url, clock),
    changes: onSqlite ? watchSqlite(place.file) : await watchPostgres(place.url, clock),
    redis: redisPort === null ? null : await openRedis(redisPort),
    validator: { validate: async () => ({ state: 'unknown', reason: 'no_validation', retryAt: null }) },
    strikeWindow: TIMING.strikeWindow,
  })
}

const clients: Redis[] = []

async function openRedis(port: number): Promise<Redis> {
  const redis = new Redis({
    port,
    host: '127.0.0.1',
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => 50,
  })
  redis.on('error', () => {})
  clients.push(redis)
  await new Promise<void>((resolve) => void redis.once('ready', resolve))
  return redis
}

/** Closes the Redis connections of this process. */
export function closeRedis(): void {
  for (const client of clients.splice(0)) client.disconnect()
}
