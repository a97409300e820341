import { ConnectionChangeCommand } from '#services/connection_change_command'

export default class ConnectionReactivate extends ConnectionChangeCommand {
  static commandName = 'connection:reactivate'
  static audits = 'connection.reactivate' as const
  static auditTarget = 'connection' as const
  static description = 'Take deactivated connections back into service and have them checked at once'

  protected readonly change = 'reactivate'
}
