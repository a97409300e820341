import type { ApplicationService } from '@adonisjs/core/types'
import type { ApiKeyService } from '#services/api_keys/api_key_service'
import type { IdempotentRequests } from '#services/api_keys/idempotent_requests'

declare module '@adonisjs/core/types' {
  interface ContainerBindings {
    apiKeys: ApiKeyService
    idempotentRequests: IdempotentRequests
  }
}

/** Builds what the API stands on when somebody first needs it, and closes its connections with the application. */
export default class ApiKeysProvider {
  #closing: (() => Promise<void>)[] = []

  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton('apiKeys', async () => {
      const { ApiKeyService } = await import('#services/api_keys/api_key_service')
      const logger = await this.app.container.make('logger')
      const onTrouble = (err: unknown) => logger.warn({ err }, 'The last use of an API key was not noted')
      const { systemClock: clock } = await import('#services/system_clock')
      const changes = await this.app.container.make('tokenChanges')
      const keys = new ApiKeyService({ driver: await this.#driver(), clock, changes, onTrouble })
      this.#closing.push(() => keys.close())
      return keys
    })
    this.app.container.singleton('idempotentRequests', async () => {
      const { IdempotentRequests } = await import('#services/api_keys/idempotent_requests')
      const driver = await this.#driver()
      this.#closing.push(() => driver.close())
      return new IdempotentRequests(driver)
    })
  }

  /** Limits are counted in Redis where it is configured: the first request should find it connected. */
  async ready() {
    const { limitStore } = await import('#config/limiter')
    if (this.app.getEnvironment() !== 'web' || limitStore !== 'redis') return
    const redis = await this.app.container.make('redis')
    redis.doNotLogErrors().connection('tokens')
  }

  async #driver() {
    const { openDriver } = await import('#services/open_driver')
    return openDriver((await this.app.container.make('lucid.db')).connection())
  }

  async shutdown() {
    await Promise.all(this.#closing.map((close) => close()))
  }
}
