/**
 * The schedule of the web process. Preloaded there only: commands, tests and the REPL start no scheduler.
 */
import { Worker } from 'adonisjs-scheduler'
import scheduler from 'adonisjs-scheduler/services/main'
import app from '@adonisjs/core/services/app'
import logger from '@adonisjs/core/services/logger'
import settings from '#config/token_refresh'

/** How often a web process without scheduler says that it lives, in milliseconds. */
const BEAT = 60_000

if (settings.scheduler.enabled) {
  app.ready(async () => {
    const { default: engine } = await import('#services/engine')
    const { TokenRefreshScheduler } = await import('#services/scheduler/token_refresh_scheduler')
    const { providers, refresh, store, workers, installation, runs } = engine
    const { concurrency, scheduler: times } = settings
    const jobs = new TokenRefreshScheduler({
      providers,
      refresh,
      store,
      workers,
      installation,
      runs,
      logger,
      settings: times,
      concurrency,
    })
    const worker = new Worker(app)
    jobs.register(scheduler)
    await worker.start()
    logger.info('[Scheduler] Token refresh scheduler started')
    app.terminating(() => worker.stop())
    void jobs.sweep()
  })
} else {
  app.ready(async () => {
    const { default: engine } = await import('#services/engine')
    // Others must see that this process lives, also where it refreshes only what somebody asks for.
    const beat = setInterval(() => void engine.workers.register().catch(() => {}), BEAT)
    app.terminating(() => clearInterval(beat))
  })
  logger.info('[Scheduler] Token refresh scheduler is off in this process (SCHEDULER_ENABLED=false)')
}
