/**
 * An application as the framework's slim starter kit makes it, with one route that returns a constant, in a process of its
 * own: request ids, a logger, bindings of the container for each request, and the body parser. Tells its port and serves
 * until its parent is gone.
 */
import 'reflect-metadata'
import type { AddressInfo } from 'node:net'
import { Ignitor } from '@adonisjs/core'
import { defineConfig as defineBodyParser } from '@adonisjs/core/bodyparser'
import { defineConfig as defineEncryption, drivers } from '@adonisjs/core/encryption'
import { defineConfig as defineHttp } from '@adonisjs/core/http'
import { defineConfig as defineLogger } from '@adonisjs/core/logger'
import type { ApplicationService } from '@adonisjs/core/types'

const KEY = 'a key that encrypts nothing here'
Object.assign(process.env, { HOST: '127.0.0.1', PORT: '0' })

function configure(app: ApplicationService): void {
  const logger = { enabled: true, name: 'bare', level: 'info', transport: { targets: [] } }
  app.rcContents({
    providers: [
      { file: () => import('@adonisjs/core/providers/app_provider'), environment: ['web'] },
      { file: () => import('@adonisjs/core/providers/hash_provider'), environment: ['web'] },
    ],
  })
  app.useConfig({
    app: { http: defineHttp({ generateRequestId: true }) },
    bodyparser: defineBodyParser({}),
    encryption: defineEncryption({
      default: 'gcm',
      list: { gcm: drivers.aes256gcm({ keys: [KEY], id: 'gcm' }) },
    }),
    hash: { default: 'scrypt', list: {} },
    logger: defineLogger({ default: 'app', loggers: { app: logger } }),
  })
}

async function addRoute(app: ApplicationService): Promise<void> {
  const [server, router] = [await app.container.make('server'), await app.container.make('router')]
  server.use([() => import('#middleware/container_bindings_middleware')])
  router.use([() => import('@adonisjs/core/bodyparser_middleware')])
  router.get('/constant', () => ({ ok: true }))
}

// The framework would tell the parent, too, in its own words.
const tell = process.send?.bind(process)
process.send = undefined
let application: ApplicationService | undefined
await new Ignitor(new URL('./', import.meta.url), { importer: (path) => import(path) })
  .tap((app) => {
    application = app
    configure(app)
    app.starting(() => addRoute(app))
  })
  .httpServer()
  .start()
const server = (await application?.container.make('server'))?.getNodeServer()
tell?.((server?.address() as AddressInfo).port)
process.on('disconnect', () => process.exit())
