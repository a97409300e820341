import { Worker } from 'adonisjs-scheduler'
import type { ApplicationService } from '@adonisjs/core/types'
import settings from '#config/token_refresh'
import { TokenRefreshScheduler } from '#services/scheduler/token_refresh_scheduler'

/**
 * Builds the scheduler of this process, starts it, and takes up at once what is owed: due tokens, missed runs, work that
 * a stopped process gave back. Answers what ends the ticking; what is in flight ends with the engine. The web process
 * and `scheduler:work` start it here.
 */
export async function startScheduler(app: ApplicationService): Promise<() => Promise<void>> {
  const engine = await app.container.make('engine')
  const logger = await app.container.make('logger')
  const scheduler = await app.container.make('scheduler')
  const notifications = await app.container.make('notifications')
  const jobs = new TokenRefreshScheduler({
    ...engine,
    notifications,
    logger,
    settings: settings.scheduler,
  })
  const worker = new Worker(app)
  jobs.register(scheduler)
  await worker.start()
  logger.info('[Scheduler] Token refresh scheduler started')
  void jobs.sweep()
  void jobs.takeUpChildren()
  void jobs.takeUpRevocations()
  void jobs.warn()
  void jobs.beginJobs()
  void jobs.notify()
  return async () => {
    await worker.stop()
    await notifications.notifier.drain()
  }
}
