/**
 * The web process: pages, API and, unless SCHEDULER_ENABLED is false, the scheduler.
 */
import 'reflect-metadata'
import { createServer } from 'node:http'
import { Ignitor, prettyPrintError } from '@adonisjs/core'
import type { ApplicationService } from '@adonisjs/core/types'

const APP_ROOT = new URL('../', import.meta.url)
const importer = (filePath: string) =>
  filePath.startsWith('./') || filePath.startsWith('../')
    ? import(new URL(filePath, APP_ROOT).href)
    : import(filePath)

/** Requests that run may end within this time; refreshes in flight end with their own deadline. */
const REQUEST_GRACE = 3_000

/** A connection whose request ends while we leave would be kept open for the next one. */
const IDLE_CHECK = 100

/**
 * A proxy that keeps its connections for 60 or 75 seconds must be the first to close them: a request that it sends into
 * one which we just closed fails as a bad gateway. Headers get longer than that, or they would cut idle ones.
 */
const KEPT = { keepAliveTimeout: 80_000, headersTimeout: 85_000 }

let application: ApplicationService | undefined

const started = new Ignitor(APP_ROOT, { importer })
  .tap((app) => {
    application = app
    app.booting(async () => {
      await import('#start/env')
    })
    app.listen('SIGTERM', () => void stop(app))
    app.listen('SIGINT', () => void stop(app))
  })
  .httpServer()
  .start((answer) => createServer(KEPT, answer))

started.catch(async (error) => {
  const { endFailedStart } = await import('#exceptions/start_failure')
  await endFailedStart(error, prettyPrintError, async () => application?.terminate())
})

/**
 * Leaves in order. A signal that comes during the start waits for its end: what starts afterwards would never be
 * stopped. A client that never finishes its request, or opened a connection for later, holds up nothing.
 */
async function stop(app: ApplicationService): Promise<void> {
  await started
  const server = (await app.container.make('server')).getNodeServer()
  setInterval(() => server?.closeIdleConnections(), IDLE_CHECK).unref()
  setTimeout(() => server?.closeAllConnections(), REQUEST_GRACE).unref()
  await app.terminate()
}
