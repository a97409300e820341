import 'reflect-metadata'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ignitor } from '@adonisjs/core'

const ROOT = new URL('../../', import.meta.url)

/** Boots the application without a web server or scheduler, with settings of its own; returns the folder for its data. */
export async function boot(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'evergrant-bench-'))
  Object.assign(process.env, {
    NODE_ENV: 'test',
    LOG_LEVEL: 'error',
    DATABASE_URL: `sqlite:${join(folder, 'bench.sqlite3')}`,
  })
  const importer = (path: string) => import(path.startsWith('.') ? new URL(path, ROOT).href : path)
  const ignitor = new Ignitor(ROOT, { importer }).tap((app) =>
    app.booting(async () => void (await import('#start/env')))
  )
  const app = ignitor.createApp('console')
  await app.init()
  await app.boot()
  return folder
}
