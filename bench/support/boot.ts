import 'reflect-metadata'
import { join } from 'node:path'
import { Ignitor } from '@adonisjs/core'

const ROOT = new URL('../../', import.meta.url)

/** Boots the application without web server and scheduler, on a database in `folder`, as models and queries need it. */
export async function boot(folder: string): Promise<void> {
  Object.assign(process.env, {
    NODE_ENV: 'test',
    LOG_LEVEL: 'error',
    DB_CONNECTION: 'sqlite',
    DATABASE_URL: `sqlite:${join(folder, 'application.sqlite3')}`,
  })
  const importer = (path: string) => import(path.startsWith('.') ? new URL(path, ROOT).href : path)
  const ignitor = new Ignitor(ROOT, { importer }).tap((app) =>
    app.booting(async () => void (await import('#start/env')))
  )
  const app = ignitor.createApp('console')
  await app.init()
  await app.boot()
}
