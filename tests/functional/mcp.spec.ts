import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import ProviderRow, { type StoredRegistration } from '#models/provider'
import { beginAuthorization } from '#oauth/authorization'
import { buildProviders } from '#oauth/build_providers'
import mcp from '#oauth/providers/mcp'
import { ProviderRegistry } from '#oauth/registry'
import type { Failure, Provider } from '#oauth/types'
import type { Engine } from '#services/build_engine'
import { finishConnect } from '#services/connect_flow'
import { callbackUrl } from '#services/mcp/types'
import { mcpFixture } from '#tests/helpers/mcp/mcp_fixture'
import { McpBrowser } from '#tests/helpers/mcp/mcp_browser'
import { Person } from '#tests/helpers/mcp/person'

type Options = Parameters<typeof mcpFixture>[1]

async function begin({ client, cleanup }: TestContext, options: Options = {}) {
  const fixture = await mcpFixture((work) => cleanup(work), options)
  return { ...fixture, browser: new McpBrowser(client, fixture.operator), person: new Person() }
}

const NOTHING_ELSE = { description: null, status: 401, retryAfter: null }

/** Where the application of these tests listens. */
const here = () => `http://${process.env.HOST}:${process.env.PORT}`

/** Connects without our pages, for redirect URLs at which nobody of this test listens. */
async function consentDirectly(
  { person, organization }: Pick<Awaited<ReturnType<typeof begin>>, 'person' | 'organization'>,
  engine: Engine,
  provider: Provider,
  redirectUri: string
) {
  const resolved = await engine.discovery.resolve(provider, ['authorization_endpoint'])
  if (!resolved.ok) throw new Error(resolved.failure.code)
  const { url, pending } = beginAuthorization({ provider, server: resolved.server, redirectUri })
  const back = await person.decide(url)
  const attempt = { organizationId: organization.id, userId: '', reconnect: null, returnTo: '', startedAt: 0 }
  return finishConnect(engine, {
    provider,
    pending: { ...pending, ...attempt },
    url: back.href,
    fallback: { owner: 'ana', accountId: 'ana' },
  })
}

const manual = { kind: 'manual', force: true } as const

test.group('Connecting an MCP server', () => {
  test('leads from its URL to a token that it accepts, and that is refreshed for it', async (context) => {
    const { assert } = context
    const { browser, person, resource, authorization, engine, ...fixture } = await begin(context)
    let issuer: string | null = null
    const left = await browser.enter(resource.resource)
    const answer = await browser.consent(left, person, (back) => (issuer = back.searchParams.get('iss')))
    const [connection, ...others] = await fixture.connections()
    assert.lengthOf(others, 0)
    assert.equal(answer.header('location'), `/accounts/${connection.id}`)
    assert.equal(browser.notice?.text, `${fixture.operator.email} is connected.`)
    assert.equal(issuer, authorization.issuer)
    assert.equal(connection.organizationId, fixture.organization.id)
    assert.deepEqual(connection.scopes, ['files:read'])
    const first = fixture.tokenOf(connection)
    assert.equal((await resource.call(first)).status, 200)

    for (const expected of [1, 2]) {
      assert.containSubset(await engine.refresh.refreshOne(connection.id, manual), { status: 'refreshed' })
      await connection.refresh()
      assert.equal(connection.refreshCount, expected)
    }
    const refreshed = fixture.tokenOf(connection)
    assert.notEqual(refreshed, first)
    assert.equal((await resource.call(refreshed)).status, 200)
    const { tokenForms } = authorization
    assert.deepEqual(
      tokenForms.map(({ grant_type: grant, resource: named }) => [grant, named]),
      [
        ['authorization_code', resource.resource],
        ['refresh_token', resource.resource],
        ['refresh_token', resource.resource],
      ]
    )
    assert.isNotEmpty(tokenForms[0].code_verifier)
  })

  test('asks for the challenge’s scopes, S256, the resource and a refresh token', async (context) => {
    const { assert } = context
    const { browser, resource, authorization } = await begin(context)
    const left = new URL((await browser.enter(resource.resource)).header('location') ?? '')
    assert.equal(left.origin, authorization.issuer)
    assert.containSubset(Object.fromEntries(left.searchParams), {
      response_type: 'code',
      scope: 'files:read offline_access',
      code_challenge_method: 'S256',
      resource: resource.resource,
      prompt: 'consent',
      client_id: authorization.registrations[0],
    })
  })

  test('without scopes in the challenge those of the resource are asked for', async (context) => {
    const { assert } = context
    const { connect, resource } = await begin(context)
    resource.challengeScope = null
    assert.containSubset(await connect(), {
      ok: true,
      provider: { scopes: ['files:read', 'files:write', 'offline_access'] },
    })
  })

  test('offline_access is not asked for where the server does not list it', async (context) => {
    const { assert } = context
    const { connect } = await begin(context, { metadata: (document) => (document.scopes_supported = []) })
    const result = await connect()
    if (!result.ok) throw new Error(result.message)
    assert.deepEqual(result.provider.scopes, ['files:read'])
    assert.deepEqual(result.provider.authorizationParams, {})
  })

  test('registers a client with a redirect URL of its own, and seals what it gets', async (context) => {
    const { assert } = context
    const { connect, authorization, organization } = await begin(context)
    const result = await connect()
    if (!result.ok) throw new Error(result.message)
    const { provider } = result
    const client = authorization.clientOf(authorization.registrations[0])
    assert.containSubset(client, {
      client_name: 'Evergrant',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
    })
    const [redirectUri] = client?.redirect_uris as string[]
    assert.match(redirectUri, new RegExp(`/connect/${provider.id}/callback$`))
    assert.equal(provider.client?.client_secret?.reveal(), client?.client_secret)
    const row = await ProviderRow.findByOrFail('organization_id', organization.id)
    assert.match(row.clientSecret ?? '', /^v1:/)
    assert.match(row.registrationAccessToken ?? '', /^v1:/)
    assert.notInclude(JSON.stringify([row.entry, row.registration]), String(client?.client_secret))
    assert.containSubset(row, {
      kind: 'mcp',
      name: 'Nova’s files',
      entry: { issuer: authorization.issuer, resource: provider.resource },
      registration: { client_id: client?.client_id, client_secret_expires_at: 0 },
    })
  })

  test('a server that is connected again keeps its client and its provider', async (context) => {
    const { assert } = context
    const { browser, person, resource, authorization, connections } = await begin(context)
    await browser.connect(resource.resource, person)
    await browser.connect(resource.resource, person)
    assert.lengthOf(authorization.registrations, 1)
    assert.lengthOf(await ProviderRow.all(), 1)
    const [connection, ...others] = await connections()
    assert.lengthOf(others, 0)
    assert.equal(connection.grantGeneration, 2)
  })

  test('two people who connect it at the same moment share one provider', async (context) => {
    const { assert } = context
    const { connect } = await begin(context)
    const results = await Promise.all([connect(), connect()])
    const [first, second] = results.map((result) => (result.ok ? result.provider.id : result.message))
    assert.equal(first, second)
    assert.lengthOf(await ProviderRow.all(), 1)
  })

  test('a client that somebody brings is used, and none is registered', async (context) => {
    const { assert } = context
    const { connect, authorization } = await begin(context)
    const result = await connect(undefined, 'by-hand', 'a-secret-by-hand')
    if (!result.ok) throw new Error(result.message)
    assert.equal(result.provider.client?.client_id, 'by-hand')
    assert.equal(result.provider.client?.client_secret?.reveal(), 'a-secret-by-hand')
    assert.equal(result.provider.clientAuth, 'client_secret_basic')
    assert.lengthOf(authorization.registrations, 0)
    const publicClient = await connect(undefined, 'by-hand-too')
    assert.containSubset(publicClient, {
      ok: true,
      provider: { clientAuth: 'none', client: { client_id: 'by-hand-too', client_secret: null } },
    })
  })

  test('a server that registers nobody asks for a client, and says which redirect URL it needs', async (context) => {
    const { assert } = context
    const { connect, authorization } = await begin(context, { registration: false })
    const result = await connect()
    assert.containSubset(result, { ok: false, field: 'client_id', wanted: { issuer: authorization.issuer } })
    assert.match(result.ok ? '' : (result.wanted?.redirectUri ?? ''), /\/connect\/mcp-[\w.-]+\/callback$/)
    assert.lengthOf(await ProviderRow.all(), 0)
  })
})

test.group('Connecting an MCP server by a client document', () => {
  const OURS = 'https://evergrant.example'

  /** The application serves its document itself; only its address is one that nobody has. */
  const fetchDocument = (fetched: string[]) => (url: string) => {
    fetched.push(String(url))
    return fetch(String(url).replace(OURS, here()))
  }

  test('our URL is the client id, and a connection with refreshes comes of it', async (context) => {
    const { assert } = context
    const fetched: string[] = []
    const fixture = await begin(context, { appUrl: OURS, fetchDocument: fetchDocument(fetched) })
    const { connect, engine, authorization, resource } = fixture
    const result = await connect()
    if (!result.ok) throw new Error(result.message)
    const { provider } = result
    const clientId = `${OURS}/oauth/clients/${provider.id}/client-metadata.json`
    assert.deepEqual([provider.client?.client_id, provider.clientAuth], [clientId, 'none'])
    assert.lengthOf(authorization.registrations, 0)

    const connected = await consentDirectly(fixture, engine, provider, callbackUrl(OURS, provider.id))
    assert.isTrue(connected.ok)
    assert.deepEqual(fetched, [clientId])
    const [connection] = await fixture.connections()
    assert.containSubset(await engine.refresh.refreshOne(connection.id, manual), { status: 'refreshed' })
    await connection.refresh()
    assert.equal((await resource.call(fixture.tokenOf(connection))).status, 200)
    assert.isTrue(authorization.tokenForms.every((form) => form.client_id === clientId))
  })

  test('without https our URL is no client id, and a client is registered', async (context) => {
    const { assert, client } = context
    const { connect, authorization } = await begin(context, { fetchDocument: fetchDocument([]) })
    const result = await connect()
    if (!result.ok) throw new Error(result.message)
    assert.deepEqual([result.provider.client?.client_id], authorization.registrations)
    const document = await client.get(`/oauth/clients/${result.provider.id}/client-metadata.json`)
    document.assertStatus(404)
  })

  test('the document is public and may be cached, for ids that added providers have', async (context) => {
    const { assert, client } = context
    await begin(context, { appUrl: OURS })
    const path = (id: string) => `/oauth/clients/${encodeURIComponent(id)}/client-metadata.json`
    const response = await client.get(path('mcp-files.0123abcd'))
    response.assertStatus(200)
    assert.match(response.header('content-type') ?? '', /^application\/json/)
    assert.equal(response.header('cache-control'), 'public, max-age=3600')
    assert.isUndefined(response.header('set-cookie'))
    assert.deepEqual(response.body(), {
      client_id: OURS + path('mcp-files.0123abcd'),
      client_name: 'Evergrant',
      client_uri: OURS,
      redirect_uris: [`${OURS}/connect/mcp-files.0123abcd/callback`],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    })
    for (const id of ['twitch', 'mcp-files', 'MCP.0123abcd', '../x.0123abcd', '"><script>.0123abcd']) {
      const refused = await client.get(path(id))
      refused.assertStatus(404)
    }
  })
})

test.group('A client that the server has forgotten', () => {
  test('is registered anew; the account is left alone, and only the grant itself can be refused', async (context) => {
    const { assert } = context
    const { browser, person, resource, authorization, engine, clock, ...fixture } = await begin(context)
    await browser.connect(resource.resource, person)
    const [connection] = await fixture.connections()
    const [first] = authorization.registrations
    authorization.deleteClient(first)

    const refused = await engine.refresh.refreshOne(connection.id, manual)
    assert.containSubset(refused, { status: 'failed', reason: 'configuration', errorCode: 'invalid_client' })
    await engine.mcp.settled()
    await connection.refresh()
    assert.containSubset(connection.serialize(), { status: 'connected', isActive: true })
    assert.isNull(connection.tokenRefreshFailedAt)
    assert.lengthOf(authorization.registrations, 2)
    const provider = engine.providers.get(connection.provider)
    assert.equal(provider.client?.client_id, authorization.registrations[1])

    // The gate lets a probe through at once. This server binds grants to the client, so it refuses the grant.
    clock.advance(1)
    const probed = await engine.refresh.refreshOne(connection.id, manual)
    assert.containSubset(probed, { status: 'failed', reason: 'rejected', strike: 1 })
    assert.lengthOf(authorization.registrations, 2)

    await browser.consent(await browser.reconnect(provider.id, connection.id), person)
    await connection.refresh()
    assert.isNull(connection.tokenRefreshFailedAt)
    assert.containSubset(await engine.refresh.refreshOne(connection.id, manual), { status: 'refreshed' })
    await connection.refresh()
    assert.equal((await resource.call(fixture.tokenOf(connection))).status, 200)
  })

  test('is registered anew once, though two processes meet the refusal', async (context) => {
    const { assert } = context
    const { browser, person, resource, authorization, engine, sibling, ...fixture } = await begin(context)
    await browser.connect(resource.resource, person)
    const [connection] = await fixture.connections()
    const other = sibling({ allowPrivate: true, providers: new ProviderRegistry([]) })
    await other.catalogue.load()
    authorization.deleteClient(authorization.registrations[0])
    const provider = engine.providers.get(connection.provider)
    const refusal: Failure = { class: 'configuration', code: 'invalid_client', ...NOTHING_ELSE }
    for (const one of [engine, other]) one.mcp.refreshFailed(provider, refusal)
    await Promise.all([engine.mcp.settled(), other.mcp.settled()])
    assert.lengthOf(authorization.registrations, 2)
    // Whoever came too late learns of the new client with the next refusal.
    other.mcp.refreshFailed(other.providers.get(provider.id), refusal)
    engine.mcp.refreshFailed(engine.providers.get(provider.id), refusal)
    await Promise.all([engine.mcp.settled(), other.mcp.settled()])
    assert.lengthOf(authorization.registrations, 2)
    for (const { providers } of [engine, other]) {
      assert.equal(providers.get(provider.id).client?.client_id, authorization.registrations[1])
    }
  })

  test('and again within the hour is not registered a third time', async (context) => {
    const { assert } = context
    const { connect, authorization, engine, clock } = await begin(context)
    const result = await connect()
    if (!result.ok) throw new Error(result.message)
    const refusal: Failure = { class: 'configuration', code: 'invalid_client', ...NOTHING_ELSE }
    const refuse = async () => {
      engine.mcp.refreshFailed(engine.providers.get(result.provider.id), refusal)
      await engine.mcp.settled()
      return authorization.registrations.length
    }
    assert.deepEqual([await refuse(), await refuse()], [2, 2])
    clock.advance(3_600_000)
    assert.equal(await refuse(), 3)
  })

  test('a client that somebody brought is theirs to mend', async (context) => {
    const { assert } = context
    const { connect, authorization, engine, lines } = await begin(context)
    const result = await connect(undefined, 'by-hand', 'a-wrong-secret')
    if (!result.ok) throw new Error(result.message)
    engine.mcp.refreshFailed(result.provider, {
      class: 'configuration',
      code: 'invalid_client',
      ...NOTHING_ELSE,
    })
    await engine.mcp.settled()
    assert.lengthOf(authorization.registrations, 0)
    assert.equal(engine.providers.get(result.provider.id).client?.client_id, 'by-hand')
    assert.notMatch(lines.join(), /registering anew/)
  })

  test('a secret that has ended is not sent any more; a new client takes its place', async (context) => {
    const { assert } = context
    const { browser, person, resource, authorization, engine, clock, ...fixture } = await begin(context)
    await browser.connect(resource.resource, person)
    const [connection] = await fixture.connections()
    const [added] = engine.catalogue.allAdded()
    const ended = {
      ...added.registration,
      client_secret_expires_at: clock.now() / 1_000,
    } as StoredRegistration
    await engine.catalogue.update(fixture.organization.id, added.key, { registration: ended })
    const sent = authorization.tokenForms.length
    const refused = await engine.refresh.refreshOne(connection.id, manual)
    assert.containSubset(refused, { status: 'failed', reason: 'configuration', errorCode: 'client_expired' })
    await engine.mcp.settled()
    assert.lengthOf(authorization.tokenForms, sent)
    assert.lengthOf(authorization.registrations, 2)
    assert.equal(engine.providers.get(connection.provider).client?.client_id, authorization.registrations[1])
    await connection.refresh()
    assert.equal(connection.status, 'connected')
  })
})

test.group('An MCP server in PROVIDERS_FILE', () => {
  test('needs its resource and a client; everything else is found out', async (context) => {
    const { assert } = context
    const fixture = await begin(context)
    const { authorization, resource, sibling } = fixture
    const redirectUri = 'https://ours.example/connect/files/callback'
    const registered = await fetch(`${authorization.issuer}/reg`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: 'none',
      }),
    })
    const { client_id: clientId } = (await registered.json()) as { client_id: string }
    const scopes = ['files:read', 'offline_access']
    const entry = { extends: mcp.id, resource: resource.resource, client_id: clientId, scopes }
    const file = { files: { ...entry, authorization_params: { prompt: 'consent' } } }
    const given = { builtIn: [], clients: {}, allowPrivate: true, secretFromEnv: () => undefined }
    const providers = new ProviderRegistry(buildProviders({ ...given, file }))
    const engine = sibling({ providers })
    const connected = await consentDirectly(fixture, engine, providers.get('files'), redirectUri)
    assert.isTrue(connected.ok)
    const [connection] = await fixture.connections()
    assert.containSubset(await engine.refresh.refreshOne(connection.id, manual), { status: 'refreshed' })
    await connection.refresh()
    assert.equal((await resource.call(fixture.tokenOf(connection))).status, 200)
  })
})

test.group('A token endpoint that has moved', () => {
  test('is looked for again after an answer that speaks of the endpoint', async (context) => {
    const { assert } = context
    const moved = { path: '/token' }
    const metadata = (document: Record<string, unknown>) => {
      document.token_endpoint = new URL(moved.path, String(document.issuer)).href
    }
    const { browser, person, resource, engine, clock, ...fixture } = await begin(context, { metadata })
    await browser.connect(resource.resource, person)
    const [connection] = await fixture.connections()
    moved.path = '/gone'
    clock.advance(3_600_000)
    const gone = await engine.refresh.refreshOne(connection.id, manual)
    assert.containSubset(gone, { status: 'failed', reason: 'configuration' })
    moved.path = '/token'
    clock.advance(5 * 60_000 + 1)
    assert.containSubset(await engine.refresh.refreshOne(connection.id, manual), { status: 'refreshed' })
  })
})
