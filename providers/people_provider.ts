import type { ApplicationService } from '@adonisjs/core/types'
import type { Letters } from '#services/letters/letters'
import type { People } from '#services/people/build_people'
import type { TwoFactorService } from '#services/two_factor/two_factor_service'

declare module '@adonisjs/core/types' {
  interface ContainerBindings {
    people: People
    letters: Letters
    twoFactor: TwoFactorService
  }
}

/** Builds what knows of people when somebody first needs it, and closes its connections with the application. */
export default class PeopleProvider {
  #closing: (() => Promise<void>)[] = []

  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton('people', async () => {
      const { buildPeople } = await import('#services/people/build_people')
      const { systemClock: clock } = await import('#services/system_clock')
      const { randomBytes: random } = await import('node:crypto')
      const hash = (await this.app.container.make('hash')).use('scrypt')
      const locales = (await this.app.container.make('i18n')).supportedLocales()
      return buildPeople({ driver: await this.#driver(), clock, random, hash, locales })
    })
    this.app.container.singleton('letters', async () => {
      const { Letters } = await import('#services/letters/letters')
      const { default: notifications } = await import('#config/notifications')
      const mail = await this.app.container.make('mail.manager')
      const logger = await this.app.container.make('logger')
      const onTrouble = (err: unknown) => logger.warn({ err }, 'A letter was not sent')
      return new Letters({ mail, timeout: notifications.timeout, onTrouble })
    })
    // Apart from the others, since it needs the keys of the vault.
    this.app.container.singleton('twoFactor', async () => {
      const { TwoFactorService } = await import('#services/two_factor/two_factor_service')
      const { systemClock: clock } = await import('#services/system_clock')
      const { randomBytes: random } = await import('node:crypto')
      const { vault } = await this.app.container.make('engine')
      return new TwoFactorService({ driver: await this.#driver(), clock, random, vault })
    })
  }

  async #driver() {
    const { openDriver } = await import('#services/open_driver')
    const driver = openDriver((await this.app.container.make('lucid.db')).connection())
    this.#closing.push(() => driver.close())
    return driver
  }

  async shutdown() {
    await Promise.all(this.#closing.map((close) => close()))
  }
}
