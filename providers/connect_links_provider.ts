import type { ApplicationService } from '@adonisjs/core/types'
import type { ConnectLinks } from '#services/connect_links/connect_links'

declare module '@adonisjs/core/types' {
  interface ContainerBindings {
    connectLinks: ConnectLinks
  }
}

/** Builds the store of connect links when somebody first needs it, and closes its connection with the application. */
export default class ConnectLinksProvider {
  #links: ConnectLinks | null = null

  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton('connectLinks', async () => {
      const { ConnectLinks } = await import('#services/connect_links/connect_links')
      const { openDriver } = await import('#services/open_driver')
      const { systemClock: clock } = await import('#services/system_clock')
      const driver = openDriver((await this.app.container.make('lucid.db')).connection())
      this.#links = new ConnectLinks({ driver, clock })
      return this.#links
    })
  }

  async shutdown() {
    await this.#links?.close()
  }
}
