import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { defineProvider, type ProviderInput } from '#oauth/define_provider'
import { at, isObject, optionalText } from '#oauth/own'
import { Secret } from '#oauth/secret'
import type { Provider } from '#oauth/types'
import { json } from '#tests/helpers/token_server'

export interface GraphPage {
  id: string
  name?: string
  access_token?: string | null
}

type Answer = (response: ServerResponse, url: URL) => void | Promise<void>

/**
 * A provider that exchanges access tokens and lists the pages of whoever holds one. Tokens are numbered, so that a test
 * can say which exchange brought which. Single answers can be scripted by path.
 */
export class GraphServer {
  readonly exchanged: string[] = []
  readonly asked: string[] = []
  expiresIn: number | null = 60 * 86_400
  /** What is listed, page of the answer by page. */
  lists: GraphPage[][] = [[]]
  #tokens = 1
  #scripts = new Map<string, Answer[]>()

  private constructor(private readonly server: Server) {}

  static async start(): Promise<GraphServer> {
    const http = createServer((request, response) => void server.#handle(request, response))
    const server = new GraphServer(http)
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  /** The next request to this path gets this answer instead. */
  next(path: '/exchange' | '/accounts' | '/token' | '/me', answer: Answer): void {
    this.#scripts.set(path, [...(this.#scripts.get(path) ?? []), answer])
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume()
    const url = new URL(request.url ?? '/', this.url)
    if (url.pathname === '/exchange') this.exchanged.push(url.searchParams.get('token') ?? '')
    if (url.pathname === '/accounts') this.asked.push(bearer(request))
    const scripted = this.#scripts.get(url.pathname)?.shift()
    if (scripted) return void (await scripted(response, url))
    if (url.pathname === '/accounts') return json(response, 200, this.#page(url))
    if (url.pathname === '/me') return json(response, 200, { id: 'u1', name: 'Ana' })
    json(response, 200, this.#tokenBody(url.pathname))
  }

  #tokenBody(path: string): object {
    if (path === '/token') return { access_token: 'short-lived', token_type: 'bearer', expires_in: 3_600 }
    const token = { access_token: `user-${(this.#tokens += 1)}`, token_type: 'bearer' }
    return this.expiresIn === null ? token : { ...token, expires_in: this.expiresIn }
  }

  #page(url: URL): object {
    const index = Number(url.searchParams.get('after') ?? 0)
    const next = index + 1 < this.lists.length ? String(index + 1) : null
    return { data: this.lists[index], next }
  }
}

function bearer({ headers }: IncomingMessage): string {
  return (headers.authorization ?? '').replace('Bearer ', '')
}

const DAY = 86_400_000

/** A provider at that server whose refresh presents the access token, with pages as children, and their definition. */
export function graphProviders(server: GraphServer, refresh: ProviderInput['refresh'] = {}): Provider[] {
  const { url } = server
  const exchange: NonNullable<ProviderInput['refreshRequest']> = ({ credential }) => ({
    method: 'GET',
    url: `${url}/exchange`,
    headers: {},
    query: { token: credential },
  })
  const base = {
    client: { client_id: 'client', client_secret: new Secret('client-secret') },
    allowPrivate: true,
    gate: 'acme',
  }
  const parent = defineProvider({
    ...base,
    id: 'acme',
    name: 'Acme',
    server: { authorization_endpoint: `${url}/authorize`, token_endpoint: `${url}/token` },
    refresh: { margin: 7 * DAY, assumedLifetime: 60 * DAY, ...refresh },
    failures: [{ error: '190', class: 'rejected' }],
    profile: {
      url: `${url}/me`,
      account: (body) => ({ id: optionalText(body.id) ?? '', displayName: optionalText(body.name) }),
    },
    refreshRequest: exchange,
    longLivedRequest: exchange,
    children: {
      provider: 'acme_page',
      request: ({ accessToken, after }) => ({
        method: 'GET',
        url: `${url}/accounts`,
        headers: { authorization: new Secret(`Bearer ${accessToken.reveal()}`) },
        ...(after === null ? {} : { query: { after } }),
      }),
      read: (body) => ({
        accounts: (body.data as unknown[]).filter(isObject).map((page) => ({
          id: page.id as string,
          displayName: optionalText(page.name),
          accessToken: typeof page.access_token === 'string' ? new Secret(page.access_token) : null,
        })),
        next: (at(body, 'next') as string | null) ?? null,
      }),
    },
  })
  const child = defineProvider({
    ...base,
    id: 'acme_page',
    name: 'Acme Page',
    server: {},
    refresh: { supported: false, assumedLifetime: null },
  })
  return [parent, child]
}
