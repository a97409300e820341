/**
 * A process that runs several commands of ours one after the other; its argument is their lines as JSON. Everything is as
 * in `node ace`, except that the application boots once for all of them. Runs compiled.
 */
import 'reflect-metadata'
import { Ignitor } from '@adonisjs/core'

const APP_ROOT = new URL('../../', import.meta.url)
const importer = (filePath: string) =>
  filePath.startsWith('./') || filePath.startsWith('../')
    ? import(new URL(filePath, APP_ROOT).href)
    : import(filePath)

const lines = JSON.parse(process.argv[2]) as string[][]
const last = lines.pop() ?? []

await new Ignitor(APP_ROOT, { importer })
  .tap((app) => app.booting(async () => void (await import('#start/env'))))
  .ace()
  // What is handled ends the application, so that all but the last are run before.
  .configure(async (app) => {
    const kernel = await app.container.make('ace')
    await kernel.boot()
    for (const [command, ...args] of lines) await kernel.exec(command, args)
  })
  .handle(last)
