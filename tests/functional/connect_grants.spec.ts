import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import { OrganizationFactory } from '#database/factories/organization_factory'
import Connection from '#models/connection'
import { beginAuthorization } from '#oauth/authorization'
import { defineProvider } from '#oauth/define_provider'
import { ProviderRegistry } from '#oauth/registry'
import { Secret } from '#oauth/secret'
import type { Provider } from '#oauth/types'
import { finishConnect } from '#services/connect_flow'
import { engineFixture, type EngineFixture } from '#tests/helpers/engine_fixture'
import { GraphServer, graphProviders } from '#tests/helpers/graph_server'
import { NOW } from '#tests/helpers/refresh_fixtures'
import { json } from '#tests/helpers/token_server'

const DAY = 86_400_000
const redirectUri = 'https://app.example/callback'

async function scene({ cleanup }: TestContext, providersOf: (graph: GraphServer) => Provider[]) {
  const graph = await GraphServer.start()
  cleanup(() => graph.close())
  const providers = new ProviderRegistry(providersOf(graph))
  const fixture = await engineFixture('sqlite', (work) => cleanup(work), { engine: { providers } })
  const organization = await OrganizationFactory.create()
  /** A person who went to the provider and comes back with a code. */
  const connect = (id: string) => {
    const provider = providers.get(id)
    const begun = beginAuthorization({ provider, server: provider.server, redirectUri, config: {} })
    const pending = {
      ...begun.pending,
      organizationId: organization.id,
      userId: organization.id,
      reconnect: null,
      returnTo: '',
      startedAt: NOW,
    }
    const url = `${redirectUri}?code=a-code&state=${begun.pending.state}`
    const fallback = { owner: 'me@example.com', accountId: 'me@example.com' }
    return finishConnect(fixture.engine, { provider, pending, url, fallback })
  }
  return { graph, fixture, connect }
}

function tokenOf(fixture: EngineFixture, connection: Connection): string | null {
  const { organizationId, id: connectionId } = connection
  const place = { organizationId, connectionId, column: 'access_token' }
  const opened = fixture.vault.open(connection.accessToken ?? '', place)
  return opened.ok ? opened.secret.reveal() : null
}

test.group('Connecting where tokens are exchanged', () => {
  test('the short-lived token is traded at once, and the pages come with it', async (context) => {
    const { assert } = context
    const { graph, fixture, connect } = await scene(context, (server) => graphProviders(server))
    graph.lists = [[{ id: 'p1', name: 'Bakery', access_token: 'page-1' }]]
    const result = await connect('acme')
    assert.isTrue(result.ok)
    assert.deepEqual(graph.exchanged, ['short-lived'])
    const [person, page] = await Connection.query().orderBy('provider')
    assert.equal(tokenOf(fixture, person), 'user-2')
    assert.equal(person.tokenExpiresAt?.toMillis(), NOW + 60 * DAY)
    assert.equal(page.parentId, person.id)
    assert.equal(tokenOf(fixture, page), 'page-1')
    assert.isFalse(person.childrenPending)
  })

  test('a trade that fails fails the connect, and nothing is kept', async (context) => {
    const { assert } = context
    const { graph, connect } = await scene(context, (server) => graphProviders(server))
    graph.next('/exchange', (response) => json(response, 400, { error: { code: 190, message: 'expired' } }))
    const result = await connect('acme')
    assert.isFalse(result.ok)
    if (!result.ok) assert.deepInclude(result, { step: 'exchange' })
    assert.lengthOf(await Connection.all(), 0)
  })

  test('pages that cannot be listed yet fail nothing and stay owed', async (context) => {
    const { assert } = context
    const { graph, fixture, connect } = await scene(context, (server) => graphProviders(server))
    graph.next('/accounts', (response) => json(response, 503, { error: { code: 2, message: 'later' } }))
    assert.isTrue((await connect('acme')).ok)
    const [person] = await Connection.all()
    assert.isTrue(person.childrenPending)
    graph.lists = [[{ id: 'p1', access_token: 'page-1' }]]
    fixture.clock.advance(60_000)
    await fixture.engine.children.takeUp()
    assert.lengthOf(await Connection.all(), 2)
  })

  test('a reconnect derives the pages anew', async (context) => {
    const { assert } = context
    const { graph, fixture, connect } = await scene(context, (server) => graphProviders(server))
    graph.lists = [[{ id: 'p1', access_token: 'page-1' }]]
    await connect('acme')
    graph.lists = [[{ id: 'p1', access_token: 'page-1b' }]]
    await connect('acme')
    const [, page] = await Connection.query().orderBy('provider')
    assert.equal(tokenOf(fixture, page), 'page-1b')
    assert.equal(page.tokenVersion, 2)
  })

  test('grants that come in one answer become connections of their own', async (context) => {
    const { assert } = context
    const { graph, fixture, connect } = await scene(context, botAndUser)
    graph.next('/token', (response) =>
      json(response, 200, {
        access_token: 'bot-token',
        refresh_token: 'bot-refresh',
        expires_in: 43_200,
        scope: 'commands',
        user: { id: 'U7', access_token: 'user-token', refresh_token: 'user-refresh', expires_in: 43_200 },
      })
    )
    const result = await connect('team')
    assert.isTrue(result.ok)
    if (result.ok) assert.lengthOf(result.further, 1)
    const [bot, user] = await Connection.query().orderBy('provider')
    assert.deepInclude(bot.serialize(), { provider: 'team', providerAccountId: 'u1' })
    assert.deepInclude(user.serialize(), { provider: 'team_user', providerAccountId: 'U7', owner: 'U7' })
    assert.equal(tokenOf(fixture, bot), 'bot-token')
    assert.equal(tokenOf(fixture, user), 'user-token')
    assert.isNull(user.parentId)
    assert.isNotNull(user.nextRefreshAt)
  })

  test('a further grant that cannot be used costs the first one nothing', async (context) => {
    const { assert } = context
    const { graph, connect } = await scene(context, botAndUser)
    const first = { access_token: 'bot-token', refresh_token: 'bot-refresh', expires_in: 43_200 }
    for (const user of [{ id: 'U7' }, { id: '', access_token: 'x' }, null, 'x']) {
      graph.next('/token', (response) => json(response, 200, { ...first, user }))
      assert.isTrue((await connect('team')).ok)
    }
    assert.lengthOf(await Connection.all(), 1)
  })
})

/** A provider that grants a bot and a user in one answer, as Slack does. */
function botAndUser({ url }: GraphServer): Provider[] {
  const base = {
    client: { client_id: 'client', client_secret: new Secret('client-secret') },
    allowPrivate: true,
    gate: 'team',
    server: { authorization_endpoint: `${url}/authorize`, token_endpoint: `${url}/token` },
  }
  const bot = defineProvider({
    ...base,
    id: 'team',
    name: 'Team',
    profile: { url: `${url}/me`, account: (body) => ({ id: body.id as string }) },
    alsoGranted: (body) => {
      const user = body.user as Record<string, unknown>
      return [{ provider: 'team_user', body: user, account: { id: user.id as string } }]
    },
  })
  return [bot, defineProvider({ ...base, id: 'team_user', name: 'Team user' })]
}
