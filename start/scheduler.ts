/**
 * The schedule of the web process. Preloaded there only: commands, tests and the REPL start no scheduler;
 * `scheduler:work` starts one by itself.
 */
import app from '@adonisjs/core/services/app'
import logger from '@adonisjs/core/services/logger'
import settings from '#config/token_refresh'

/** How often a web process without scheduler says that it lives and looks after the others, in milliseconds. */
const BEAT = 60_000

if (settings.scheduler.enabled) {
  app.ready(async () => {
    const { startScheduler } = await import('#services/scheduler/start_scheduler')
    const stop = await startScheduler(app)
    app.terminating(stop)
  })
} else {
  app.ready(async () => {
    const { default: engine } = await import('#services/engine')
    const { StallWatch } = await import('#services/scheduler/stall_watch')
    const notifications = await app.container.make('notifications')
    const watch = new StallWatch({ ...engine, notifications })
    const beat = setInterval(() => {
      watch.look().catch((error) => logger.error({ err: error }, '[Scheduler] watch failed'))
    }, BEAT)
    app.terminating(async () => {
      clearInterval(beat)
      await notifications.notifier.drain()
    })
  })
  logger.info('[Scheduler] Token refresh scheduler is off in this process (SCHEDULER_ENABLED=false)')
}
