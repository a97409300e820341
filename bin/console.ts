/**
 * The command line: everything behind `node ace`.
 */
import 'reflect-metadata'
import { Ignitor, prettyPrintError } from '@adonisjs/core'
import type { ApplicationService } from '@adonisjs/core/types'

const APP_ROOT = new URL('../', import.meta.url)
const importer = (filePath: string) =>
  filePath.startsWith('./') || filePath.startsWith('../')
    ? import(new URL(filePath, APP_ROOT).href)
    : import(filePath)

let application: ApplicationService | undefined

new Ignitor(APP_ROOT, { importer })
  .tap((app) => {
    application = app
    app.booting(async () => {
      await import('#start/env')
    })
    app.listen('SIGTERM', () => app.terminate())
  })
  .ace()
  .configure(async (app) => {
    const { explainStartFailure } = await import('#exceptions/start_failure')
    const kernel = await app.container.make('ace')
    const { errorHandler } = kernel
    kernel.errorHandler = {
      // The framework's own commands, such as migration:run, know no sentence for what an operator can mend.
      render: async (error: unknown) => {
        if (!explainStartFailure(error)) await errorHandler.render(error, kernel)
      },
    }
  })
  .handle(process.argv.splice(2))
  .catch(async (error) => {
    const { endFailedStart } = await import('#exceptions/start_failure')
    await endFailedStart(error, prettyPrintError, async () => application?.terminate())
  })
