import type { ApplicationService } from '@adonisjs/core/types'
import type { Sandbox, SandboxOptions } from '#sandbox/sandbox_server'

/** Runs the sandbox provider inside the web process while somebody develops; in production it does nothing at all. */
export default class SandboxProvider {
  #sandbox: Sandbox | null = null

  constructor(protected app: ApplicationService) {}

  /** A sandbox that cannot start costs one warning: the application itself works without it. */
  async ready(): Promise<void> {
    const config = this.app.config.get<SandboxOptions & { enabled: boolean }>('sandbox')
    if (!config.enabled || config.production) return
    const logger = await this.app.container.make('logger')
    const { startSandbox } = await import('#sandbox/sandbox_server')
    try {
      const onError = (error: Error) => logger.error({ err: error }, 'sandbox provider')
      this.#sandbox = await startSandbox({ ...config, onError })
      logger.info('sandbox provider: %s', this.#sandbox.issuer)
    } catch (error) {
      logger.warn('The sandbox provider did not start: %s', (error as Error).message)
    }
  }

  async shutdown(): Promise<void> {
    await this.#sandbox?.close()
  }
}
