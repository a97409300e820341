import { ConnectionChangeCommand } from '#services/connection_change_command'

export default class ConnectionResume extends ConnectionChangeCommand {
  static commandName = 'connection:resume'
  static audits = 'connection.resume' as const
  static auditTarget = 'connection' as const
  static description = 'Let paused connections be refreshed again'

  protected readonly change = 'resume'
}
