import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as the server saw it. */
export interface AccountRequest {
  method: string
  path: string
  url: URL
  authorization: string
  /** The last word of the Authorization header. */
  token: string
  body: string
}

/** `close`: the connection is cut without an answer. */
export type AccountAnswer = { status?: number; body?: object; headers?: Record<string, string> } | 'close'

type Answer = (request: AccountRequest) => AccountAnswer | Promise<AccountAnswer>

/** A resource server on loopback: validation, profile and introspection endpoints that answer as a test tells them. */
export class AccountServer {
  readonly asked: AccountRequest[] = []
  readonly #answers = new Map<string, Answer>()

  private constructor(private readonly server: Server) {}

  static async start(cleanup: (work: () => Promise<void>) => void): Promise<AccountServer> {
    const http = createServer((request, response) => {
      void server.#answer(request).then((answer) => {
        if (answer === 'close') return response.destroy()
        const { status = 200, body = {}, headers } = answer
        response
          .writeHead(status, { 'content-type': 'application/json', ...headers })
          .end(JSON.stringify(body))
      })
    })
    const server = new AccountServer(http)
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    cleanup(async () => {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    })
    return server
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  on(path: string, answer: Answer | AccountAnswer): void {
    this.#answers.set(path, typeof answer === 'function' ? answer : () => answer)
  }

  /** How often a path was asked. */
  count(path: string): number {
    return this.asked.filter((request) => request.path === path).length
  }

  async #answer(request: IncomingMessage): Promise<AccountAnswer> {
    let body = ''
    for await (const chunk of request) body += chunk
    const url = new URL(request.url ?? '/', this.origin)
    const authorization = request.headers.authorization ?? ''
    const token = authorization.split(' ').at(-1) ?? ''
    const seen = { method: request.method ?? '', path: url.pathname, url, authorization, token, body }
    this.asked.push(seen)
    return this.#answers.get(url.pathname)?.(seen) ?? { status: 404 }
  }
}
