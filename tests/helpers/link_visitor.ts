import type { ApiClient, ApiResponse } from '@japa/api-client'
import type { SandboxClient } from '#tests/helpers/sandbox_client'

type Session = ReturnType<ApiResponse['session']>

/** One browser of a person without an account here: it keeps what the session held after each answer. */
export class LinkVisitor {
  session: Session = {}

  constructor(private readonly client: ApiClient) {}

  get(url: string): Promise<ApiResponse> {
    return this.#send(this.client.get(pathOf(url)))
  }

  /** Presses the button of the page that the link opens. */
  press(url: string): Promise<ApiResponse> {
    return this.#send(this.client.post(pathOf(url)).form({}).withCsrfToken())
  }

  /** Goes as far as the redirect back to us, and returns where it leads. */
  async consent(url: string, person: SandboxClient, account: string, decision: 'allow' | 'deny' = 'allow') {
    const started = await this.press(url)
    const asked = new URL(started.header('location') ?? 'about:blank')
    const back = await person.decide(decision, account, Object.fromEntries(asked.searchParams))
    return back.pathname + back.search
  }

  /** From the link to the page at its end. */
  async connect(url: string, person: SandboxClient, account: string) {
    return this.come(await this.consent(url, person, account))
  }

  /** Takes the redirect of the provider, and the one that follows it. */
  async come(path: string): Promise<ApiResponse> {
    const answer = await this.get(path)
    return this.get(answer.header('location') ?? 'about:blank')
  }

  async #send(request: ReturnType<ApiClient['get']>): Promise<ApiResponse> {
    const response = await request.withSession(this.session).redirects(0)
    this.session = response.session()
    return response
  }
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url, 'http://localhost')
  return pathname + search
}
