import type { ApplicationService } from '@adonisjs/core/types'
import type { TokenChanges } from '#services/token_manager/token_changes'
import type { TokenManager } from '#services/token_manager/token_manager'

declare module '@adonisjs/core/types' {
  interface ContainerBindings {
    tokens: TokenManager
    /** What other processes commit, for every memory of this one. */
    tokenChanges: TokenChanges
  }
}

/** Builds the token manager and what its memory hears of when somebody first needs them, and winds them down at the end. */
export default class TokensProvider {
  #tokens: TokenManager | null = null
  #changes: TokenChanges | null = null

  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton('tokenChanges', async () => {
      const { watchDatabase } = await import('#services/token_manager/watch_database')
      this.#changes = await watchDatabase((await this.app.container.make('lucid.db')).connection())
      return this.#changes
    })
    this.app.container.singleton('tokens', async () => {
      const { startTokenManager } = await import('#services/token_manager/start_token_manager')
      this.#tokens = await startTokenManager(this.app)
      return this.#tokens
    })
  }

  async shutdown() {
    await this.#tokens?.close()
    await this.#changes?.close()
  }
}
