import { flags } from '@adonisjs/core/ace'
import { ConnectionChangeCommand } from '#services/connection_change_command'
import type { KeepAliveMode } from '#services/connection_changes'

/** `null`: as the provider's definition says. */
const MODES = { always: 'always', while_authorized: 'while_authorized', default: null } as const

export default class ConnectionKeepAlive extends ConnectionChangeCommand {
  static commandName = 'connection:keep-alive'
  static audits = 'connection.keep_alive' as const
  static auditTarget = 'connection' as const
  static description = 'Say whether connections are kept alive always, or only in an authorization window'

  @flags.string({
    description: 'always, while_authorized, or default: as the provider has it',
    required: true,
  })
  declare mode: string

  protected readonly change = 'keep_alive'

  async run(): Promise<void> {
    if (Object.hasOwn(MODES, this.mode)) return super.run()
    this.refuse(
      `There is no mode "${this.mode.slice(0, 64)}". These exist: ${Object.keys(MODES).join(', ')}.`
    )
  }

  protected keepAliveMode(): KeepAliveMode {
    return MODES[this.mode as keyof typeof MODES]
  }
}
