import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { defineProvider, type ProviderInput } from '#oauth/define_provider'
import { Secret } from '#oauth/secret'
import type { Clock, Exchange, OutgoingRequest, Provider } from '#oauth/types'

export const NOW = Date.UTC(2026, 0, 1)

export const clock: Clock = { now: () => NOW, monotonic: () => performance.now() }

export function provider(input: Partial<ProviderInput> = {}): Provider {
  return defineProvider({
    id: 'acme',
    name: 'Acme',
    server: {
      authorization_endpoint: 'https://acme.example/authorize',
      token_endpoint: 'https://acme.example/token',
    },
    client: { client_id: 'client-1', client_secret: new Secret('s3cret') },
    ...input,
  })
}

export function answered(
  status: number,
  body: unknown,
  headers: Record<string, string> = { 'content-type': 'application/json' }
): Exchange {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { ok: true, status, headers: new Headers(headers), body: text, receivedAt: NOW }
}

/** The fields of a request's body, bare. */
export function fieldsOf(request: OutgoingRequest): Record<string, string> {
  return bare(request.body?.fields ?? {})
}

export function bare(values: Record<string, string | Secret>): Record<string, string> {
  const entries = Object.entries(values)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value])
  )
}

type Cleanup = (callback: () => Promise<void>) => void

/** An HTTP server on loopback that lives as long as the test. Answers its origin. */
export async function httpServer(onTestEnd: Cleanup, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  return serve(onTestEnd, server, () => server.closeAllConnections())
}

/** A bare TCP server on loopback that lives as long as the test. Answers its origin. */
export async function tcpServer(onTestEnd: Cleanup, listener: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    listener(socket)
  })
  return serve(onTestEnd, server, () => sockets.forEach((socket) => socket.destroy()))
}

async function serve(onTestEnd: Cleanup, server: Server, hangUp: () => void): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestEnd(async () => {
    hangUp()
    await new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += chunk
  return body
}
