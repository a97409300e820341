import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it arrived, whole. */
export interface Received {
  path: string
  headers: IncomingHttpHeaders
  body: string
}

export interface Reply {
  status: number
  headers?: Record<string, string>
  body?: string
}

/** Answers a request, or does with the response whatever a receiver may do. */
export type Behaviour = (received: Received, response: ServerResponse) => Reply | void | Promise<Reply | void>

/** Somebody's endpoint on loopback: remembers what came and behaves as told; answers 204 unless told. */
export class HttpReceiver {
  readonly received: Received[] = []
  readonly #script: Behaviour[] = []
  readonly #waiting: { count: number; resolve: () => void }[] = []
  behaviour: Behaviour = () => ({ status: 204 })

  private constructor(private readonly server: Server) {}

  static async start(
    cleanup: (work: () => Promise<void>) => void,
    host = '127.0.0.1'
  ): Promise<HttpReceiver> {
    const server = createServer()
    const receiver = new HttpReceiver(server)
    server.on('request', (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString()
        void receiver.#handle({ path: request.url ?? '', headers: request.headers, body }, response)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, host, resolve))
    cleanup(() => receiver.close())
    return receiver
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  url(path = '/hooks/secret-path-of-the-receiver'): string {
    return `http://${this.host}${path}`
  }

  /** The next requests are answered like this, one each. */
  next(...replies: (Reply | Behaviour)[]): void {
    this.#script.push(...replies.map((one) => (typeof one === 'function' ? one : () => one)))
  }

  /** Resolves when so many requests have arrived in all. */
  async arrived(count: number): Promise<void> {
    if (this.received.length >= count) return
    await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }))
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  async #handle(received: Received, response: ServerResponse): Promise<void> {
    this.received.push(received)
    for (const { count, resolve } of this.#waiting) if (this.received.length >= count) resolve()
    const behaviour = this.#script.shift() ?? this.behaviour
    const reply = await behaviour(received, response)
    if (!reply) return
    response.writeHead(reply.status, reply.headers)
    response.end(reply.body)
  }
}

/** Sends without end, as fast as it is read. */
export const endless: Behaviour = (_, response) => {
  response.writeHead(200)
  const more = () => {
    while (!response.destroyed && response.write('x'.repeat(64 * 1_024)));
  }
  response.on('drain', more)
  more()
}

/** Takes the request and never says a word. */
export const silent: Behaviour = () => {}
