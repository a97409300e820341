import { once } from 'node:events'
import { EvergrantCommand, EXIT } from '#services/command_support'

export default class SchedulerWork extends EvergrantCommand {
  static commandName = 'scheduler:work'
  static description = 'Run the schedule in a process of its own, until it is told to stop'
  static help = [
    'Any number of these, and of web processes with SCHEDULER_ENABLED, may work on one database: each thing happens once.',
    'SIGINT and SIGTERM end it: what is in flight is finished and saved, a run that is under way is given back and',
    'taken up by the next start. Exit codes: 0 stopped as told, 1 crash, 2 bad usage.',
  ]

  async run(): Promise<void> {
    const { startScheduler } = await import('#services/scheduler/start_scheduler')
    // A signal that comes during the start counts, too.
    const told = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
    const engine = await this.app.container.make('engine')
    const logger = await this.app.container.make('logger')
    await engine.workers.become('scheduler')
    const stop = await startScheduler(this.app)
    await told
    const runsGivenBack = engine.jobs.stop()
    logger.info('[Scheduler] Token refresh scheduler stops; what is in flight is finished')
    await Promise.all([stop(), runsGivenBack])
    this.exitCode = EXIT.ok
  }
}
