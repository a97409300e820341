import app from '@adonisjs/core/services/app'
import logger from '@adonisjs/core/services/logger'
import { BackgroundRuns } from '#services/background_runs'

let background: BackgroundRuns | null = null

/** The runs that people began in this process; the engine is closed after them. */
export function processRuns(): BackgroundRuns {
  if (background) return background
  const runs = new BackgroundRuns((error) =>
    logger.error({ err: error }, 'A run over many accounts broke off')
  )
  app.terminating(() => runs.stop())
  background = runs
  return runs
}
