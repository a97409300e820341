import { gzipSync } from 'node:zlib'
import type { TestContext } from '@japa/runner/core'
import { test } from '@japa/runner'
import { Secret } from '#oauth/secret'
import { createTransport, type TransportOptions } from '#oauth/transport'
import type { Exchange, OutgoingRequest } from '#oauth/types'
import { bodyOf, clock, httpServer, NOW, tcpServer } from './helpers.js'

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

test.group('Transport: requests and answers', () => {
  test('a form is encoded and its secrets are revealed on the wire only', async (context) => {
    const seen: { body: string; headers: NodeJS.Dict<string | string[]> }[] = []
    const origin = await httpServer(context.cleanup, async (request, response) => {
      seen.push({ body: await bodyOf(request), headers: request.headers })
      response.setHeader('content-type', 'application/json').end('{"ok":1}')
    })
    const exchange = await transport(context).send(post(`${origin}/token`), loopback)
    context.assert.containSubset(exchange, { ok: true, status: 200, body: '{"ok":1}', receivedAt: NOW })
    context.assert.equal(exchange.ok && exchange.headers.get('content-type'), 'application/json')
    context.assert.equal(seen[0].body, 'grant_type=refresh_token&refresh_token=a+b%26c%3D%C3%A9')
    context.assert.containSubset(seen[0].headers, {
      'authorization': 'Basic abc',
      'accept-encoding': 'identity',
      'user-agent': 'evergrant',
      'content-type': 'application/x-www-form-urlencoded',
    })
  })

  test('a JSON body and a query are written as told', async (context) => {
    const seen: string[] = []
    const origin = await httpServer(context.cleanup, async (request, response) => {
      seen.push(`${request.url} ${await bodyOf(request)}`)
      response.end('{}')
    })
    const body = { format: 'json' as const, fields: { a: new Secret('1'), b: 'two' } }
    const request = { ...post(`${origin}/t?v=1`), body, query: { q: new Secret('x y') } }
    await transport(context).send(request, loopback)
    context.assert.deepEqual(seen, ['/t?v=1&q=x+y {"a":"1","b":"two"}'])
  })

  test('a redirect is an answer: neither secret nor token goes to its target', async (context) => {
    let visits = 0
    const thief = await httpServer(context.cleanup, (_, response) => void (visits++, response.end('{}')))
    const origin = await httpServer(context.cleanup, (_, response) => {
      response.writeHead(307, { location: thief }).end()
    })
    const exchange = await transport(context).send(post(origin), loopback)
    context.assert.equal(exchange.ok && exchange.status, 307)
    context.assert.equal(visits, 0)
  })

  test('a body above the cap is cut off, however it is packed', async (context) => {
    const large = Buffer.alloc(5_000_000, 'a')
    const plain = await httpServer(context.cleanup, (_, response) => void response.end(large))
    const bomb = await httpServer(context.cleanup, (_, response) => {
      response.setHeader('content-encoding', 'gzip').end(gzipSync(large))
    })
    const sender = transport(context)
    for (const origin of [plain, bomb]) {
      context.assert.deepEqual(failure(await sender.send(post(origin), loopback)), {
        sent: true,
        code: 'too_large',
      })
    }
  })

  test('a packed answer, a byte order mark and UTF-16 are read all the same', async (context) => {
    const bodies = [
      gzipSync('{"a":"é"}'),
      Buffer.from('\ufeff{"a":"é"}', 'utf8'),
      Buffer.from('\ufeff{"a":"é"}', 'utf16le'),
    ]
    const sender = transport(context)
    for (const [index, body] of bodies.entries()) {
      const origin = await httpServer(context.cleanup, (_, response) => {
        if (index === 0) response.setHeader('content-encoding', 'gzip')
        response.end(body)
      })
      const exchange = await sender.send(post(origin), loopback)
      context.assert.equal(exchange.ok && exchange.body, '{"a":"é"}')
    }
  })
})

test.group('Transport: trouble before a byte is sent', () => {
  test('a closed port, an unknown name and a peer without TLS are known as not sent', async (context) => {
    const closed = 'http://127.0.0.1:1/token'
    const plain = await tcpServer(
      context.cleanup,
      (socket) => void socket.on('data', () => socket.end('what?'))
    )
    const notFound = Object.assign(new Error('unknown'), { code: 'ENOTFOUND' })
    const resolve = ((_name: string, _options: object, callback: (error: Error) => void) =>
      callback(notFound)) as never
    const send = async (url: string, options: Partial<TransportOptions> = {}) =>
      failure(await transport(context, options).send(post(url), loopback))
    context.assert.deepEqual(await send(closed), { sent: false, code: 'connection_refused' })
    context.assert.deepEqual(await send('https://nowhere.invalid/t', { lookup: resolve }), {
      sent: false,
      code: 'dns',
    })
    context.assert.deepEqual(await send(`${plain.replace('http', 'https')}/t`), { sent: false, code: 'tls' })
  })

  test('a connection that does not come about in time has sent nothing', async (context) => {
    const silent = await tcpServer(context.cleanup, () => {})
    const url = `${silent.replace('http', 'https')}/token`
    const exchange = await transport(context).send(post(url), { deadline: 40, allowPrivate: true })
    context.assert.deepEqual(failure(exchange), { sent: false, code: 'connect_timeout' })
  })

  test('a header that HTTP forbids is refused before anything is sent', async (context) => {
    const origin = await httpServer(context.cleanup, (_, response) => void response.end('{}'))
    const request = { ...post(origin), headers: { 'x-a': 'one\r\nx-b: two' } }
    const exchange = await transport(context).send(request, loopback)
    context.assert.deepEqual(failure(exchange), { sent: false, code: 'invalid_request' })
  })

  test('without permission neither http nor an odd port nor a private literal is contacted', async (context) => {
    let visits = 0
    const origin = await httpServer(context.cleanup, (_, response) => void (visits++, response.end('{}')))
    const sender = transport(context)
    const codes: [string, string][] = [
      [origin, 'insecure_url'],
      ['https://example.com:22/', 'address_refused'],
      [origin.replace('http:', 'https:'), 'address_refused'],
      ['https://2130706433/', 'address_refused'],
      ['https://[::ffff:10.0.0.1]/', 'address_refused'],
      ['https://[64:ff9b::7f00:1]/', 'address_refused'],
      ['https://localhost./', 'address_refused'],
      ['gopher://example.com/', 'invalid_request'],
      ['not a url', 'invalid_request'],
    ]
    for (const [url, code] of codes) {
      const exchange = await sender.send(post(url), { deadline: 1_000, allowPrivate: false })
      context.assert.deepEqual(failure(exchange), { sent: false, code }, url)
    }
    context.assert.equal(visits, 0)
  })

  test('a public name that resolves to a private address is refused at the socket', async (context) => {
    const resolve = ((_name: string, _options: object, callback: (error: null, found: object[]) => void) =>
      callback(null, [{ address: '127.0.0.1', family: 4 }])) as never
    const sender = transport(context, { lookup: resolve })
    const exchange = await sender.send(post('https://acme.example/token'), {
      deadline: 1_000,
      allowPrivate: false,
    })
    context.assert.deepEqual(failure(exchange), { sent: false, code: 'address_refused' })
  })
})
