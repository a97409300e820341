/**
 * AdonisJS with one route that returns a constant, in a process of its own: its router and HTTP server as they come, no
 * middleware. Tells its port and serves until its parent is gone.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AppFactory } from '@adonisjs/core/factories/app'
import { ServerFactory } from '@adonisjs/core/factories/http'

const app = new AppFactory().create(new URL('./', import.meta.url))
await app.init()
const adonis = new ServerFactory().merge({ app }).create()
adonis.getRouter().get('/constant', () => ({ ok: true }))
await adonis.boot()

const server = createServer((request, response) => adonis.handle(request, response))
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())
