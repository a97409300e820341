import app from '@adonisjs/core/services/app'
import { MembershipFactory } from '#database/factories/membership_factory'
import { OrganizationFactory } from '#database/factories/organization_factory'
import { UserFactory } from '#database/factories/user_factory'
import Connection from '#models/connection'
import { appUrl } from '#config/app'
import { engineFixture } from '#tests/helpers/engine_fixture'
import {
  startAuthorizationServer,
  type AuthorizationServerLab,
  type AuthorizationServerOptions,
} from '#tests/helpers/mcp/authorization_server'
import { startResourceServer, type ResourceServerLab } from '#tests/helpers/mcp/resource_server'

interface Options extends Partial<AuthorizationServerOptions> {
  appUrl?: string
  allowPrivate?: boolean
}

/** The application with an engine of its own, a real MCP authorization server, a resource server, and an operator. */
export async function mcpFixture(cleanup: (work: () => Promise<void>) => void, options: Options = {}) {
  const servers = await startServers(options)
  const { resource, authorization } = servers
  cleanup(async () => {
    await Promise.all([resource.close(), authorization.close()])
  })
  const { allowPrivate = true } = options
  const fixture = await engineFixture('sqlite', cleanup, {
    engine: { allowPrivate, appUrl: options.appUrl ?? appUrl },
  })
  const { engine, vault } = fixture
  const original = await app.container.make('engine')
  app.container.bindValue('engine', engine)
  cleanup(async () => app.container.bindValue('engine', original))
  const organization = await OrganizationFactory.create()
  const user = await UserFactory.create()
  await MembershipFactory.merge({
    organizationId: organization.id,
    userId: user.id,
    role: 'operator',
  }).create()
  return {
    ...fixture,
    ...servers,
    organization,
    operator: user,
    connect: (url = resource.resource, clientId: string | null = null, clientSecret: string | null = null) =>
      engine.mcp.connect(organization.id, { url, clientId, clientSecret }),
    connections: () => Connection.query().orderBy('created_at').orderBy('id'),
    /** The access token of a connection, opened. */
    tokenOf(connection: Connection) {
      const place = { organizationId: organization.id, connectionId: connection.id, column: 'access_token' }
      const opened = vault.open(connection.accessToken ?? '', place)
      if (!opened.ok) throw new Error(opened.reason)
      return opened.secret.reveal()
    },
  }
}

export type McpFixture = Awaited<ReturnType<typeof mcpFixture>>

async function startServers(options: Options) {
  const holder: { resource?: ResourceServerLab } = {}
  const authorization: AuthorizationServerLab = await startAuthorizationServer({
    ...options,
    resource: () => holder.resource?.resource ?? '',
  })
  const resource = await startResourceServer({
    issuer: () => authorization.issuer,
    publicKey: authorization.publicKey,
  })
  holder.resource = resource
  return { authorization, resource }
}
