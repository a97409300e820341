import { flags } from '@adonisjs/core/ace'
import { ConnectionChangeCommand } from '#services/connection_change_command'

export default class ConnectionDisconnect extends ConnectionChangeCommand {
  static commandName = 'connection:disconnect'
  static audits = 'connection.disconnect' as const
  static auditTarget = 'connection' as const
  static description = 'End grants: revoke them at the provider and delete their tokens here'
  static help = [
    ...ConnectionChangeCommand.help,
    'A provider that does not answer is asked again by the scheduler until it accepts, for a week. On a terminal it asks',
    'first; elsewhere, and with --json, it needs --yes.',
  ]

  @flags.boolean({ description: 'Do not ask; needed where there is no terminal' })
  declare yes?: boolean

  protected readonly change = 'disconnect'
  protected readonly concurrency = 8

  protected async isAgreed(count: number): Promise<boolean> {
    if (this.yes) return true
    const accounts = count === 1 ? '1 account' : `${count} accounts`
    if (this.json || !process.stdin.isTTY || !process.stdout.isTTY) {
      this.refuse(
        `This ends the grants of ${accounts}, which only a new consent of their owners brings back. Add --yes to do it, or --dry-run to see them. Nothing was changed.`
      )
      return false
    }
    const answer = await this.prompt.ask(
      `This ends the grants of ${accounts}, which only a new consent of their owners brings back. Type ${count} to go on`
    )
    if (String(answer).trim() === String(count)) return true
    this.refuse('Nothing was changed.')
    return false
  }
}
