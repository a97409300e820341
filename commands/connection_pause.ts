import { ConnectionChangeCommand } from '#services/connection_change_command'

export default class ConnectionPause extends ConnectionChangeCommand {
  static commandName = 'connection:pause'
  static audits = 'connection.pause' as const
  static auditTarget = 'connection' as const
  static description = 'Keep connections from being refreshed until they are resumed'

  protected readonly change = 'pause'
}
