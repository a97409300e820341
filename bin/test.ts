/**
 * The test process: boots the application in the environment `test` and runs the suites named on the command line.
 */
process.env.NODE_ENV = 'test'

// Runs beside each other, in one checkout, share neither database file nor port.
const port = String(20_000 + (process.pid % 20_000))
process.env.DATABASE_URL = `sqlite:tmp/test-${process.pid}.sqlite3`
process.env.PORT = port
process.env.APP_URL = `http://127.0.0.1:${port}`

import 'reflect-metadata'
import { setTimeout as sleep } from 'node:timers/promises'
import { Ignitor, prettyPrintError } from '@adonisjs/core'
import type { ApplicationService } from '@adonisjs/core/types'
import { configure, processCLIArgs, run } from '@japa/runner'

const APP_ROOT = new URL('../', import.meta.url)
const importer = (filePath: string) =>
  filePath.startsWith('./') || filePath.startsWith('../')
    ? import(new URL(filePath, APP_ROOT).href)
    : import(filePath)

/** The suites of every day. The fault laboratory takes minutes and is asked for by name. */
const EVERYDAY = ['unit', 'functional', 'browser']
const SUITES = [...EVERYDAY, 'faults']

function withSuites(args: string[]): string[] {
  return args.some((arg) => SUITES.includes(arg)) ? args : [...EVERYDAY, ...args]
}

/** What the application gets to leave in order. */
const PATIENCE = 3_000

/** A run that is told to end does not go on to its last test. */
async function stop(app: ApplicationService): Promise<void> {
  await Promise.race([app.terminate(), sleep(PATIENCE)])
  process.exit(143)
}

new Ignitor(APP_ROOT, { importer })
  .tap((app) => {
    app.booting(async () => {
      await import('#start/env')
    })
    app.listen('SIGTERM', () => void stop(app))
  })
  .testRunner()
  .configure(async (app) => {
    const { runnerHooks, ...config } = await import('#tests/bootstrap')
    processCLIArgs(withSuites(process.argv.splice(2)))
    configure({
      ...app.rcFile.tests,
      ...config,
      setup: runnerHooks.setup,
      teardown: runnerHooks.teardown.concat([() => app.terminate()]),
    })
  })
  .run(() => run())
  .catch((error) => {
    process.exitCode = 1
    prettyPrintError(error)
  })
