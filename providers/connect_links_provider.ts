import type { ApplicationService } from '@adonisjs/core/types'
import type { ReconnectLetters } from '#services/letters/reconnect_letters'
import type { ConnectLinks } from '#services/connect_links/connect_links'

declare module '@adonisjs/core/types' {
  interface ContainerBindings {
    connectLinks: ConnectLinks
    reconnectLetters: ReconnectLetters
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
    this.app.container.singleton('reconnectLetters', async () => {
      const { ReconnectLetters } = await import('#services/letters/reconnect_letters')
      const { connectLinkUrl: urlOf } = await import('#transformers/connect_link_url')
      const { accountName: nameOf } = await import('#transformers/account_name')
      const { timeWords } = await import('#transformers/time_words')
      const { appUrl } = await import('#config/app')
      const { container } = this.app
      const { catalogue, clock } = await container.make('engine')
      const [letters, links] = [await container.make('letters'), await container.make('connectLinks')]
      const i18n = await container.make('i18n')
      const moment = (at: number, now: number, locale: string, zone: string | null) =>
        timeWords(locale, zone ?? undefined).moment(at, now)
      return new ReconnectLetters({ letters, links, catalogue, i18n, clock, urlOf, nameOf, moment, appUrl })
    })
  }

  async shutdown() {
    await this.#links?.close()
  }
}
