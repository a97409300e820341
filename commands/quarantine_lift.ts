import { EvergrantCommand } from '#services/command_support'

export default class QuarantineLift extends EvergrantCommand {
  static commandName = 'quarantine:lift'
  static audits = 'installation.lift_quarantine' as const
  static auditScope = 'all' as const
  static description = 'Say that this database is the only one, so that its tokens may be refreshed'
  static help = [
    'A database that was copied or restored refreshes nothing until this is said: the original may hold newer tokens, and',
    'using the older ones here would end its grants. Stop the original first; accounts that it refreshed since the copy',
    'was made will have to be reconnected.',
    'Exit codes: 0 lifted, 2 there is no quarantine.',
  ]

  async run(): Promise<void> {
    const engine = await this.app.container.make('engine')
    const lifted = await engine.installation.lift()
    if (!lifted) return this.refuse('This database is not in quarantine.')
    this.print('The quarantine is lifted. Refreshing begins with the next look of the scheduler.')
  }
}
