import type { ApplicationService } from '@adonisjs/core/types'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import redisConfig from '#config/redis'
import tokenRefresh from '#config/token_refresh'
import { openDriver } from '#services/open_driver'
import { buildTokenManager } from '#services/token_manager/build_token_manager'
import type { RedisClient } from '#services/token_manager/shared_cache'
import type { TokenManager } from '#services/token_manager/token_manager'
import { processReads } from '#services/token_manager/token_reads'
import { verificationValidator } from '#services/token_manager/verification_validator'

/** Builds the token manager of this process from the engine and the configuration. */
export async function startTokenManager(app: ApplicationService): Promise<TokenManager> {
  const engine = await app.container.make('engine')
  const db = (await app.container.make('lucid.db')).connection()
  return buildTokenManager({
    engine,
    driver: openDriver(db),
    changes: await app.container.make('tokenChanges'),
    redis: await openRedis(app, db),
    validator: verificationValidator(engine.verification),
    strikeWindow: tokenRefresh.timing.strikeWindow,
    reads: processReads,
    // People name an added provider by its key. An unknown name finds no connection, which is answer enough.
    providerId: async (organizationId, name) =>
      (await engine.catalogue.resolve(organizationId, name))?.id ?? name,
  })
}

/**
 * Redis, where it is configured and of use: several hosts share a PostgreSQL, while a SQLite file is on this one and
 * nearer than any server. Its client keeps trying to connect by itself and fails at once meanwhile.
 */
async function openRedis(app: ApplicationService, db: QueryClientContract): Promise<RedisClient | null> {
  if (!redisConfig.isConfigured || db.dialect.name !== 'postgres') return null
  const redis = await app.container.make('redis')
  const logger = await app.container.make('logger')
  redis.doNotLogErrors()
  const connection = redis.connection('tokens')
  let isAway = false
  connection.on('error', ({ error }) => {
    if (!isAway) logger.warn({ err: error }, 'Redis is away; tokens are read from the database meanwhile')
    isAway = true
  })
  connection.on('ready', () => void (isAway = false))
  return connection.ioConnection as unknown as RedisClient
}
