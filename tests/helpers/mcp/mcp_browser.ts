import type { ApiClient, ApiResponse } from '@japa/api-client'
import type { Notice } from '#controllers/connect/connect_notice'
import type { McpForm } from '#controllers/connect/mcp_servers_controller'
import type User from '#models/user'
import type { Person } from '#tests/helpers/mcp/person'

/** The browser of somebody who is signed in here: it keeps the session, and what the last answer left for the next page. */
export class McpBrowser {
  session: ReturnType<ApiResponse['session']> = {}
  #flashed: ReturnType<ApiResponse['flashMessages']> = {}
  notice: Notice | undefined
  form: McpForm | undefined

  constructor(
    private readonly client: ApiClient,
    private readonly user: User
  ) {}

  /** Gives the URL of an MCP server. */
  enter(url: string, fields: Record<string, string> = {}): Promise<ApiResponse> {
    return this.#send(
      this.client
        .post('/connect/mcp')
        .form({ url, ...fields })
        .withCsrfToken()
    )
  }

  /** Presses "Reconnect" on an account's page. */
  reconnect(provider: string, id: string): Promise<ApiResponse> {
    return this.#send(this.client.post(`/connect/${provider}/start?reconnect=${id}`).form({}).withCsrfToken())
  }

  get(path: string): Promise<ApiResponse> {
    return this.#send(this.client.get(path))
  }

  /** Goes on from an answer that leaves for the provider, through its consent, and back to us. */
  async consent(
    left: ApiResponse,
    person: Person,
    change: (back: URL) => void = () => {}
  ): Promise<ApiResponse> {
    const back = await person.decide(left.header('location') ?? 'about:blank')
    change(back)
    return this.get(back.pathname + back.search)
  }

  /** Connects a server from its URL to the account's page. */
  async connect(url: string, person: Person): Promise<ApiResponse> {
    return this.consent(await this.enter(url), person)
  }

  async #send(request: ReturnType<ApiClient['get']>): Promise<ApiResponse> {
    const asked = request.loginAs(this.user).withSession(this.session).withFlashMessages(this.#flashed)
    const response = await asked.redirects(0)
    this.session = response.session()
    this.#flashed = response.flashMessages()
    this.notice = this.#flashed.notice as Notice | undefined
    this.form = this.#flashed.mcpForm as McpForm | undefined
    return response
  }
}
