import type { TestContext } from '@japa/runner/core'
import { test } from '@japa/runner'
import { Secret } from '#oauth/secret'
import { createTransport, type TransportOptions } from '#oauth/transport'
import type { Exchange, OutgoingRequest } from '#oauth/types'
import { clock, httpServer, tcpServer } from './helpers.js'

function transport({ cleanup }: TestContext, options: Partial<TransportOptions> = {}) {
  const made = createTransport({ clock, ...options })
  cleanup(() => made.close())
  return made
}

const post = (url: string): OutgoingRequest => ({
  method: 'POST',
  url,
  headers: { authorization: new Secret('Basic abc') },
  body: { format: 'form', fields: { grant_type: 'refresh_token', refresh_token: new Secret('a b&c=é') } },
})

const loopback = { deadline: 2_000, allowPrivate: true }

function failure(exchange: Exchange) {
  if (exchange.ok) throw new Error(`Expected a failure, got ${exchange.status}`)
  return { sent: exchange.sent, code: exchange.code }
}

test.group('Transport: trouble after bytes were sent', () => {
  test('a reset after the request is in doubt', async (context) => {
    const origin = await tcpServer(
      context.cleanup,
      (socket) => void socket.on('data', () => socket.resetAndDestroy())
    )
    const exchange = await transport(context).send(post(origin), loopback)
    context.assert.deepEqual(failure(exchange), { sent: true, code: 'connection_reset' })
  })

  test('the deadline covers a missing answer and a dripping body alike', async (context) => {
    const silent = await tcpServer(context.cleanup, () => {})
    const dripping = await httpServer(context.cleanup, (request, response) => {
      response.write('{')
      const drip = setInterval(() => response.write(' '), 5)
      request.on('close', () => clearInterval(drip))
    })
    const sender = transport(context)
    for (const origin of [silent, dripping]) {
      const exchange = await sender.send(post(origin), { deadline: 60, allowPrivate: true })
      context.assert.deepEqual(failure(exchange), { sent: true, code: 'timeout' })
    }
  })

  test('a body that ends early is truncated, never half an answer', async (context) => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n'
    const origin = await tcpServer(context.cleanup, (socket) => {
      socket.on('data', () => socket.end(`${head}{"access_token":"half`))
    })
    const exchange = await transport(context).send(post(origin), loopback)
    context.assert.deepEqual(failure(exchange), { sent: true, code: 'truncated' })
  })

  test('a kept connection that dies under a request does not make it go out twice', async (context) => {
    let requests = 0
    const origin = await tcpServer(context.cleanup, (socket) => {
      socket.on('data', () => {
        requests++
        if (requests > 1) return socket.resetAndDestroy()
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')
      })
    })
    const sender = transport(context)
    const first = await sender.send(post(origin), loopback)
    context.assert.isTrue(first.ok)
    const exchange = await sender.send(post(origin), loopback)
    context.assert.deepEqual(failure(exchange), { sent: true, code: 'connection_reset' })
    context.assert.equal(requests, 2)
  })

  test('an answer that arrived while the process stood still is kept', async (context) => {
    const late = await tcpServer(context.cleanup, (socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')
        const until = performance.now() + 120
        while (performance.now() < until);
      })
    })
    const exchange = await transport(context).send(post(late), { deadline: 80, allowPrivate: true })
    context.assert.isTrue(exchange.ok)
  })

  test('an aborted exchange leaves the transport usable', async (context) => {
    let hang = true
    const origin = await httpServer(context.cleanup, (_, response) => void (hang || response.end('{}')))
    const sender = transport(context)
    await sender.send(post(origin), { deadline: 20, allowPrivate: true })
    hang = false
    const exchange = await sender.send(post(origin), loopback)
    context.assert.isTrue(exchange.ok)
  })

  test('a request that waits for close ends before close does', async (context) => {
    const origin = await httpServer(
      context.cleanup,
      (_, response) => void setTimeout(() => response.end('{}'), 20)
    )
    const sender = createTransport({ clock })
    const pending = sender.send(post(origin), loopback)
    await sender.close()
    const finished = await pending
    context.assert.isTrue(finished.ok)
    context.assert.deepEqual(failure(await sender.send(post(origin), loopback)), {
      sent: false,
      code: 'shutting_down',
    })
  })
})
