import env from '#start/env'
import redisConfig from '#config/redis'
import { defineConfig, stores } from '@adonisjs/limiter'
import type { InferLimiters } from '@adonisjs/limiter/types'

const limiterConfig = defineConfig({
  default: 'memory',
  stores: {
    memory: stores.memory({}),
    redis: stores.redis({ connectionName: 'tokens' }),
  },
})

/** Where limits are counted: several nodes count together where Redis is configured, else each for itself. */
export const limitStore = redisConfig.isConfigured ? ('redis' as const) : ('memory' as const)

/** How often one API key may ask. */
export const apiLimit = {
  requests: env.get('API_RATE_LIMIT') ?? 600,
  /** In seconds. */
  duration: 60,
}

export default limiterConfig

declare module '@adonisjs/limiter/types' {
  export interface LimitersList extends InferLimiters<typeof limiterConfig> {}
}
