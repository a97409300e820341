import type { ApplicationService } from '@adonisjs/core/types'
import type { TokenManager } from '#services/token_manager/token_manager'

declare module '@adonisjs/core/types' {
  interface ContainerBindings {
    tokens: TokenManager
  }
}

/** Builds the token manager when somebody first needs it, and winds it down with the application. */
export default class TokensProvider {
  #tokens: TokenManager | null = null

  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton('tokens', async () => {
      const { startTokenManager } = await import('#services/token_manager/start_token_manager')
      this.#tokens = await startTokenManager(this.app)
      return this.#tokens
    })
  }

  async shutdown() {
    await this.#tokens?.close()
  }
}
