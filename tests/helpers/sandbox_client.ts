import { createHash, randomBytes } from 'node:crypto'
import type { TestContext } from '@japa/runner/core'
import { Secret } from '#oauth/secret'
import { startSandbox } from '#sandbox/sandbox_server'
import type { Sandbox, SandboxOptions } from '#sandbox/sandbox_server'

const CLIENT_ID = 'evergrant-sandbox'
const REDIRECT_URI = 'http://localhost:3333/connect/sandbox/callback'
const CLIENT_SECRET = new Secret('a client secret of the tests')

/** A sandbox on a free port that the end of the test closes, and a client of it. */
export async function openSandbox({ cleanup }: TestContext, changes: Partial<SandboxOptions> = {}) {
  const sandbox = await startSandbox({
    port: 0,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    redirectUri: REDIRECT_URI,
    file: ':memory:',
    production: false,
    ...changes,
  })
  cleanup(() => sandbox.close())
  return { sandbox, control: sandbox.control, client: new SandboxClient(sandbox) }
}

/** A token endpoint's answer. */
export interface TokenAnswer {
  status: number
  headers: Headers
  body: Record<string, string | number>
}

/** What a person and a client do at the sandbox, over HTTP: a cookie jar, the consent form and the token endpoint. */
export class SandboxClient {
  readonly #cookies = new Map<string, string>()
  readonly verifier = randomBytes(32).toString('base64url')

  readonly clientId = CLIENT_ID
  readonly clientSecret = CLIENT_SECRET
  readonly redirectUri = REDIRECT_URI

  constructor(readonly sandbox: Sandbox) {}

  authorizationUrl(changes: Record<string, string> = {}): string {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: this.clientId,
      redirect_uri: this.redirectUri,
      scope: 'openid offline_access profile',
      state: 'a-state',
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...changes,
    })
    return `${this.sandbox.issuer}/auth?${query}`
  }

  /** Opens the consent page. Returns its address and text. */
  async openConsent(changes: Record<string, string> = {}): Promise<{ url: string; text: string }> {
    const asked = await this.visit(this.authorizationUrl(changes))
    const url = new URL(asked.headers.get('location') ?? '/nowhere', this.sandbox.issuer).href
    const page = await this.visit(url)
    return { url, text: await page.text() }
  }

  /** Goes through consent. Returns the address at which the client is called back. */
  async decide(
    decision: 'allow' | 'deny',
    account: string,
    changes: Record<string, string> = {}
  ): Promise<URL> {
    const { url } = await this.openConsent(changes)
    const answered = await this.visit(url, { decision, account })
    const resumed = await this.visit(answered.headers.get('location') ?? '')
    return new URL(resumed.headers.get('location') ?? '')
  }

  async exchange(code: string): Promise<TokenAnswer> {
    return this.token({
      grant_type: 'authorization_code',
      code,
      redirect_uri: this.redirectUri,
      code_verifier: this.verifier,
    })
  }

  async refresh(refreshToken: unknown): Promise<TokenAnswer> {
    return this.token({ grant_type: 'refresh_token', refresh_token: String(refreshToken) })
  }

  async refreshStatus(refreshToken: unknown): Promise<number> {
    const { status } = await this.refresh(refreshToken)
    return status
  }

  async refreshError(refreshToken: unknown): Promise<unknown> {
    const { body } = await this.refresh(refreshToken)
    return body.error
  }

  async token(fields: Record<string, string>): Promise<TokenAnswer> {
    const credentials = Buffer.from(`${this.clientId}:${this.clientSecret.reveal()}`).toString('base64')
    const response = await fetch(`${this.sandbox.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { Authorization: `Basic ${credentials}` },
    })
    const text = await response.text()
    const json = response.headers.get('content-type')?.includes('json')
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : { text } }
  }

  /** One request of the browser, without following redirects. With fields it is a form of the sandbox's own pages. */
  async visit(url: string, fields?: Record<string, string>): Promise<Response> {
    const { pathname } = new URL(url)
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, {
      method: fields ? 'POST' : 'GET',
      body: fields ? new URLSearchParams(fields) : undefined,
      headers: { Cookie: cookie, Accept: 'text/html', ...(fields ? { Origin: this.sandbox.issuer } : {}) },
      redirect: 'manual',
    })
    for (const line of response.headers.getSetCookie()) this.#keep(line, pathname)
    return response
  }

  /** A page of the sandbox, as text. */
  async page(path: string): Promise<string> {
    const response = await this.visit(this.sandbox.issuer + path)
    return response.text()
  }

  /** Sends one of the sandbox's own forms. */
  async submit(path: string, fields: Record<string, string> = {}): Promise<Response> {
    return this.visit(this.sandbox.issuer + path, fields)
  }

  /** A JSON document of the sandbox. */
  async json(path: string, headers: Record<string, string> = {}): Promise<Record<string, unknown>> {
    const response = await fetch(this.sandbox.issuer + path, { headers })
    return (await response.json()) as Record<string, unknown>
  }

  /** Cookies for a path that is never visited are not kept: a browser would not send them either. */
  #keep(line: string, visited: string): void {
    const [pair, ...attributes] = line.split(';').map((part) => part.trim())
    const path = attributes.find((attribute) => attribute.toLowerCase().startsWith('path='))?.slice(5) ?? '/'
    if (path === '/never' && !visited.startsWith(path)) return
    const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
    if (value === '') this.#cookies.delete(name)
    else this.#cookies.set(name, value)
  }
}
