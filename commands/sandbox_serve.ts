import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import type { SandboxOptions } from '#sandbox/sandbox_server'

/** Exit codes: 0 after SIGINT or SIGTERM, 1 when the port is taken, 2 in production. */
export default class SandboxServe extends BaseCommand {
  static commandName = 'sandbox:serve'
  static description = 'Run the sandbox provider alone, without the application (development only)'
  static options: CommandOptions = { startApp: true, staysAlive: true }

  @flags.number({ description: 'Port to listen on; SANDBOX_PORT unless told' })
  declare port?: number

  async run(): Promise<void> {
    const config = this.app.config.get<SandboxOptions>('sandbox')
    const { startSandbox } = await import('#sandbox/sandbox_server')
    const { StartFailure } = await import('#exceptions/start_failure')
    try {
      const sandbox = await startSandbox({ ...config, port: this.port ?? config.port })
      this.app.listen('SIGINT', () => this.terminate())
      this.app.terminating(() => sandbox.close())
      this.logger.log(`Sandbox provider: ${sandbox.issuer}`)
      this.logger.log(`Client id:        ${config.clientId}`)
      this.logger.log('Ctrl+C stops it.')
    } catch (error) {
      if (!(error instanceof StartFailure)) throw error
      this.logger.error(`Not started: ${error.message}`)
      this.exitCode = error.code === 'E_SANDBOX_PRODUCTION' ? 2 : 1
      await this.terminate()
    }
  }
}
