/**
 * The schedule of the web process. Preloaded there only: commands, tests and the REPL start no scheduler;
 * `scheduler:work` starts one by itself.
 */
import app from '@adonisjs/core/services/app'
import logger from '@adonisjs/core/services/logger'
import settings from '#config/token_refresh'

/** How often a web process without scheduler says that it lives, in milliseconds. */
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
    // Others must see that this process lives, also where it refreshes only what somebody asks for.
    const beat = setInterval(() => {
      void engine.workers.register().catch(() => {})
      // That the schedule stands still is seen where none runs.
      void engine.alerts.look().catch(() => {})
    }, BEAT)
    app.terminating(() => clearInterval(beat))
  })
  logger.info('[Scheduler] Token refresh scheduler is off in this process (SCHEDULER_ENABLED=false)')
}
