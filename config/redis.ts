import env from '#start/env'
import { defineConfig } from '@adonisjs/redis'
import type { InferConnections } from '@adonisjs/redis/types'
import { redisOptions } from '#start/env_rules'

const url = env.get('REDIS_URL')

/**
 * One Redis, where REDIS_URL names one; nothing connects before it is used, and without the variable nothing uses it.
 * Readers of tokens never wait for it: while it has no connection a command fails at once, and is not sent later.
 */
const redisConfig = {
  isConfigured: Boolean(url),
  ...defineConfig({
    connection: 'tokens',
    connections: {
      tokens: {
        ...redisOptions(url),
        connectionName: 'evergrant-tokens',
        enableOfflineQueue: false,
        autoResendUnfulfilledCommands: false,
        maxRetriesPerRequest: 0,
        connectTimeout: 2_000,
        retryStrategy: (tries: number) => Math.min(tries * 100, 1_000),
      },
    },
  }),
}

export default redisConfig

declare module '@adonisjs/redis/types' {
  export interface RedisConnections extends InferConnections<typeof redisConfig> {}
}
