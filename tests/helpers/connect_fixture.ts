import app from '@adonisjs/core/services/app'
import type { ApiClient, ApiResponse } from '@japa/api-client'
import { appUrl } from '#config/app'
import { MembershipFactory } from '#database/factories/membership_factory'
import { OrganizationFactory } from '#database/factories/organization_factory'
import { UserFactory } from '#database/factories/user_factory'
import Connection from '#models/connection'
import type { Role } from '#models/membership'
import { defineProvider } from '#oauth/define_provider'
import { ProviderRegistry } from '#oauth/registry'
import { sandboxProvider } from '#oauth/providers/sandbox'
import { Secret } from '#oauth/secret'
import type { Engine } from '#services/build_engine'
import { ConnectionService } from '#services/connection_service'
import { ProviderCatalogue } from '#services/provider_catalogue'
import { startSandbox } from '#sandbox/sandbox_server'
import { emptyTables } from '#tests/helpers/database'
import { SandboxClient } from '#tests/helpers/sandbox_client'

const clientId = 'evergrant-sandbox'
const clientSecret = new Secret('a client secret of the tests')

type Session = ReturnType<ApiResponse['session']>

/** The application with a sandbox provider that really issues tokens, an organization and an operator in it. */
export async function connectFixture(cleanup: (work: () => Promise<void>) => void) {
  await emptyTables()
  const redirectUri = `${appUrl}/connect/sandbox/callback`
  const sandbox = await startSandbox({
    port: 0,
    clientId,
    clientSecret,
    redirectUri,
    file: ':memory:',
    production: false,
  })
  const engine = await app.container.make('engine')
  const restored = await useEngine(withSandbox(engine, sandbox.port))
  cleanup(async () => {
    app.container.bindValue('engine', engine)
    await sandbox.close()
  })
  const organization = await OrganizationFactory.create()
  return {
    sandbox,
    engine: restored,
    organization,
    operator: await member(organization.id, 'operator'),
    member: (role: Role) => member(organization.id, role),
    person: () => new SandboxClient(sandbox),
    tokenRequests: () => sandbox.control.requests().total,
    connections: () => Connection.query().orderBy('created_at').orderBy('id'),
  }
}

function withSandbox(engine: Engine, port: number): Engine {
  const sandbox = sandboxProvider({ port, clientId, clientSecret: clientSecret.reveal() })
  const other = defineProvider({ ...sandbox, id: 'other', name: 'Other' })
  const providers = new ProviderRegistry([...engine.providers.all(), sandbox, other])
  const catalogue = new ProviderCatalogue({ ...engine, registry: providers, allowPrivate: true })
  return { ...engine, providers, catalogue, connections: new ConnectionService({ ...engine, providers }) }
}

async function useEngine(engine: Engine): Promise<Engine> {
  app.container.bindValue('engine', engine)
  return engine
}

async function member(organizationId: string, role: Role) {
  const user = await UserFactory.create()
  await MembershipFactory.merge({ organizationId, userId: user.id, role }).create()
  return user
}

interface Notice {
  tone: string
  text: string
}

/** One browser of a signed-in person: it keeps what the session held after each answer. */
export class Browser {
  session: Session = {}
  #notice: Notice | undefined

  constructor(
    private readonly client: ApiClient,
    private readonly user: Awaited<ReturnType<typeof member>>
  ) {}

  async start(provider: string, fields: Record<string, string> = {}): Promise<ApiResponse> {
    const request = this.client.post(`/connect/${provider}/start`).form(fields).withCsrfToken()
    return this.#send(request)
  }

  async get(path: string): Promise<ApiResponse> {
    return this.#send(this.client.get(path))
  }

  /** Connects from start to end, as `account` at the sandbox. Returns the answer to the callback. */
  async connect(person: SandboxClient, account: string, fields: Record<string, string> = {}) {
    return this.get(await this.consent(person, account, fields))
  }

  /** Goes as far as the redirect back to us, and returns where it leads. */
  async consent(person: SandboxClient, account: string, fields: Record<string, string> = {}) {
    const started = await this.start('sandbox', fields)
    const asked = new URL(started.header('location') ?? 'about:blank')
    const back = await person.decide('allow', account, Object.fromEntries(asked.searchParams))
    return back.pathname + back.search
  }

  /** What the next page would tell. */
  notice(): Notice {
    return this.#notice ?? { tone: 'none', text: '' }
  }

  async #send(request: ReturnType<ApiClient['get']>): Promise<ApiResponse> {
    const response = await request.loginAs(this.user).withSession(this.session).redirects(0)
    this.session = response.session()
    this.#notice = response.flashMessages().notice as Notice | undefined
    return response
  }
}
