import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from '#tests/helpers/token_server'

/** How a provider is away: it says so, its proxy says so, or it hangs up before it has done anything. */
export type OutageKind = 'unavailable' | 'bad_gateway' | 'reset'

export interface Issue {
  at: number
  /** Milliseconds for which the token is valid from then on. */
  life: number
  token: string
}

interface Account {
  life: number
  refresh: string
  issues: Issue[]
}

/**
 * Token endpoints on loopback, one for each provider, that keep the truth on true time: which access token they gave to
 * whom, when, and until when it is honoured. They rotate strictly, each account has a lifetime of its own, and a new
 * access token ends the one before.
 */
export class TruthProvider {
  /** The providers that are away, and how. */
  readonly outages = new Map<string, OutageKind>()
  /** Refresh tokens that were presented although they were spent. */
  reused = 0
  readonly #accounts = new Map<string, Account>()
  readonly #owners = new Map<string, string>()

  private constructor(
    private readonly server: Server,
    private readonly time: () => number
  ) {}

  static async start(time: () => number): Promise<TruthProvider> {
    const http = createServer((request, response) => void provider.#handle(request, response))
    const provider = new TruthProvider(http, time)
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    return provider
  }

  urlOf(providerId: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${providerId}/token`
  }

  /** Grants an account whose access tokens live this many milliseconds; returns its first refresh token. */
  grant(name: string, life: number): string {
    const account = { life, refresh: '', issues: [] }
    this.#accounts.set(name, account)
    return this.#rotate(name, account)
  }

  issuesOf(name: string): readonly Issue[] {
    return this.#accounts.get(name)?.issues ?? []
  }

  /** Whether the provider would honour this access token now. */
  honours(name: string, token: string): boolean {
    const last = this.issuesOf(name).at(-1)
    return last !== undefined && last.token === token && this.time() < last.at + last.life
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request)
    const outage = this.outages.get((request.url ?? '').split('/')[1])
    if (outage === 'reset') return void response.socket?.resetAndDestroy()
    if (outage === 'unavailable') return json(response, 503, { error: 'temporarily_unavailable' })
    if (outage === 'bad_gateway') {
      return void response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>')
    }
    const spent = new URLSearchParams(body).get('refresh_token') ?? ''
    const name = this.#owners.get(spent) ?? ''
    const account = this.#accounts.get(name)
    if (account?.refresh !== spent) {
      this.reused += 1
      return json(response, 400, { error: 'invalid_grant' })
    }
    json(response, 200, this.#issue(name, account))
  }

  #issue(name: string, account: Account): object {
    const token = `at-${randomBytes(9).toString('hex')}`
    account.issues.push({ at: this.time(), life: account.life, token })
    return {
      access_token: token,
      refresh_token: this.#rotate(name, account),
      token_type: 'Bearer',
      expires_in: account.life / 1000,
    }
  }

  #rotate(name: string, account: Account): string {
    account.refresh = `rt-${randomBytes(12).toString('hex')}`
    this.#owners.set(account.refresh, name)
    return account.refresh
  }
}

async function read(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}
