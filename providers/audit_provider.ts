import type { ApplicationService } from '@adonisjs/core/types'
import type { Audit } from '#services/audit/build_audit'

declare module '@adonisjs/core/types' {
  interface ContainerBindings {
    audit: Audit
  }
}

/** Builds the audit trail when something is first to be told, and writes what is still counted when the process ends. */
export default class AuditProvider {
  #audit: Audit | null = null

  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton('audit', async () => {
      const { buildAudit } = await import('#services/audit/build_audit')
      const { openDriver } = await import('#services/open_driver')
      const { systemClock: clock } = await import('#services/system_clock')
      const logger = (await this.app.container.make('logger')).use().child({ module: 'Audit' })
      const driver = openDriver((await this.app.container.make('lucid.db')).connection())
      const onTrouble = (err: unknown) =>
        logger.warn({ err }, 'Tokens that were handed out are not noted yet')
      this.#audit = buildAudit({ driver, clock, onTrouble })
      return this.#audit
    })
  }

  async shutdown() {
    await this.#audit?.close()
  }
}
