import type { ApplicationService } from '@adonisjs/core/types'
import type { Engine } from '#services/build_engine'

declare module '@adonisjs/core/types' {
  interface ContainerBindings {
    engine: Engine
  }
}

/**
 * Builds the refresh engine when somebody first needs it, and winds it down with the application. The web process needs
 * it at once, so that a wrong key or a broken providers file stops the start instead of the first refresh.
 */
export default class EngineProvider {
  #engine: Engine | null = null

  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton('engine', async () => {
      const { startEngine } = await import('#services/start_engine')
      this.#engine = await startEngine(this.app)
      return this.#engine
    })
  }

  async start() {
    if (this.app.getEnvironment() === 'web') await this.app.container.make('engine')
  }

  async shutdown() {
    await this.#engine?.close()
  }
}
