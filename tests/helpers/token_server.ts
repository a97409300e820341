import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Answer = (response: ServerResponse, grant: () => object) => void | Promise<void>

/**
 * A token endpoint on loopback that keeps the truth: which refresh token of which account is live, and who presented
 * what. It rotates strictly: a token that was used is refused. Single answers can be scripted.
 */
export class TokenServer {
  readonly presented: string[] = []
  readonly refreshes = new Map<string, number>()
  reuses = 0
  expiresIn = 3600
  clientSecret = 'client-secret'
  #live = new Map<string, string>()
  #issued = new Map<string, string>()
  #script: Answer[] = []
  #standing: Answer | null = null

  private constructor(private readonly server: Server) {}

  static async start(): Promise<TokenServer> {
    const http = createServer((request, response) => void server.#handle(request, response))
    const server = new TokenServer(http)
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/token`
  }

  /** Grants an account and returns its first refresh token. */
  grant(account: string): string {
    return this.#rotate(account)
  }

  revoke(account: string): void {
    for (const [token, owner] of this.#live) if (owner === account) this.#live.delete(token)
  }

  /** The refresh token that this account's owner should hold now. */
  liveTokenOf(account: string): string {
    return [...this.#live].find(([, owner]) => owner === account)?.[0] ?? ''
  }

  /** Whose access token this is, if it was issued here. */
  accountOf(accessToken: string): string | null {
    return this.#issued.get(accessToken) ?? null
  }

  isLive(token: string): boolean {
    return this.#live.has(token)
  }

  /** The next request gets this answer instead. `grant()` rotates and yields the body of a success. */
  next(...answers: Answer[]): void {
    this.#script.push(...answers)
  }

  /** Every request gets this answer until it is called with null. */
  always(answer: Answer | null): void {
    this.#standing = answer
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = new URLSearchParams(await text(request))
    const token = body.get('refresh_token') ?? ''
    this.presented.push(token)
    const account = this.#live.get(token)
    const grant = () => this.#grantBody(token, account ?? '')
    const scripted = this.#script.shift() ?? this.#standing
    if (scripted) return void (await scripted(response, grant))
    if (!this.#authenticates(request)) return json(response, 401, { error: 'invalid_client' })
    if (!account) {
      this.reuses += 1
      return json(response, 400, { error: 'invalid_grant', error_description: 'refresh token is invalid' })
    }
    json(response, 200, grant())
  }

  #authenticates(request: IncomingMessage): boolean {
    const [, encoded] = (request.headers.authorization ?? '').split(' ')
    return Buffer.from(encoded ?? '', 'base64').toString() === `client:${this.clientSecret}`
  }

  #grantBody(spent: string, account: string): object {
    this.#live.delete(spent)
    this.refreshes.set(account, (this.refreshes.get(account) ?? 0) + 1)
    const accessToken = `at-${randomBytes(9).toString('hex')}`
    this.#issued.set(accessToken, account)
    return {
      access_token: accessToken,
      refresh_token: this.#rotate(account),
      token_type: 'Bearer',
      expires_in: this.expiresIn,
    }
  }

  #rotate(account: string): string {
    const token = `rt-${randomBytes(12).toString('hex')}`
    this.#live.set(token, account)
    return token
  }
}

export function json(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {}
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

async function text(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += chunk
  return body
}
