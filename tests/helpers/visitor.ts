import type { ApiClient, ApiResponse } from '@japa/api-client'
import type { SessionData } from '@adonisjs/session/types'
import type User from '#models/user'
import { PASSWORD } from '#tests/helpers/people'

/** Somebody with a browser: what one answer puts into the session is there at the next request. */
export class Visitor {
  #session: SessionData = {}
  #flash: SessionData = {}

  constructor(private readonly client: ApiClient) {}

  /** Somebody who signed in a while ago. */
  static signedIn(client: ApiClient, { id, sessionEpoch }: User): Visitor {
    const visitor = new Visitor(client)
    visitor.#session = { auth_web: id, session_epoch: sessionEpoch ?? 0 }
    return visitor
  }

  /** What the session holds now, as another browser that stole its cookie would have it. */
  copy(): Visitor {
    const copy = new Visitor(this.client)
    copy.#session = { ...this.#session }
    return copy
  }

  get session(): Readonly<SessionData> {
    return this.#session
  }

  get(path: string): Promise<ApiResponse> {
    return this.#send(this.client.get(path))
  }

  /** Posts a form with its token. */
  post(path: string, form: SessionData = {}): Promise<ApiResponse> {
    return this.#send(this.client.post(path).form(form).withCsrfToken())
  }

  signIn(email: string, password = PASSWORD): Promise<ApiResponse> {
    return this.post('/login', { email, password })
  }

  /** The page that a form led to. */
  async follow(response: ApiResponse): Promise<ApiResponse> {
    return this.get(String(response.header('location')).split('#')[0])
  }

  async #send(request: ReturnType<ApiClient['get']>): Promise<ApiResponse> {
    const asked = request.redirects(0).header('Accept', 'text/html')
    const response = await asked.withSession(this.#session).withFlashMessages(this.#flash)
    this.#session = { ...(response.session() as SessionData) }
    this.#flash = { ...(response.flashMessages() as SessionData) }
    return response
  }
}
