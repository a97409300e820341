import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import { MembershipFactory } from '#database/factories/membership_factory'
import { UserFactory } from '#database/factories/user_factory'
import ProviderRow from '#models/provider'
import { entryProblem } from '#oauth/added_provider'
import { fault } from '#oauth/fault'
import { mcpWords } from '#transformers/fault_words'
import { mcpFixture, type McpFixture } from '#tests/helpers/mcp/mcp_fixture'
import { McpBrowser } from '#tests/helpers/mcp/mcp_browser'
import { Person } from '#tests/helpers/mcp/person'
import { json } from '#tests/helpers/mcp/resource_server'

type Options = Parameters<typeof mcpFixture>[1]

async function begin({ client, cleanup }: TestContext, options: Options = {}) {
  const fixture = await mcpFixture((work) => cleanup(work), options)
  return { ...fixture, browser: new McpBrowser(client, fixture.operator), person: new Person() }
}

const manual = { kind: 'manual', force: true } as const

test.group('An MCP server that cannot be trusted', () => {
  /** The sentence beside the URL, and the proof that nothing came of it. */
  async function refused(
    context: TestContext,
    sentence: RegExp,
    change: (fixture: McpFixture) => void,
    options: Options = {}
  ) {
    const { assert } = context
    const fixture = await begin(context, options)
    change(fixture)
    const result = await fixture.connect()
    assert.isFalse(result.ok)
    if (result.ok) return
    assert.equal(result.field, 'url')
    assert.match(result.message, sentence)
    assert.lengthOf(await ProviderRow.all(), 0)
    assert.lengthOf(fixture.authorization.registrations, 0)
  }

  test('for metadata of another resource', (context) =>
    refused(context, /describes another resource/, ({ resource }) => {
      resource.document.resource = `${resource.origin}/other`
    }))

  test('for metadata on another origin', (context) =>
    refused(context, /points to metadata on another server/, ({ resource, authorization }) => {
      const challenge = `Bearer resource_metadata="${authorization.issuer}/.well-known/oauth-protected-resource"`
      resource.override('/mcp', (response) => json(response, 401, {}, { 'www-authenticate': challenge }))
    }))

  test('for metadata that redirects, which is not followed', (context) =>
    refused(context, /redirects are not followed/, ({ resource }) => {
      resource.override(new URL(resource.metadataUrl).pathname, (response) => {
        response.writeHead(302, { location: `${resource.origin}/elsewhere` }).end()
      })
      resource.override('/elsewhere', (response) => json(response, 200, resource.document))
    }))

  test('for an authorization server whose metadata redirects', (context) =>
    refused(context, /publishes no metadata \(RFC 8414\)/, ({ resource }) => {
      resource.document.authorization_servers = [`${resource.origin}/as`]
      for (const path of [
        '/.well-known/oauth-authorization-server/as',
        '/.well-known/openid-configuration/as',
        '/as/.well-known/openid-configuration',
      ]) {
        resource.override(path, (response) => response.writeHead(301, { location: '/x' }).end())
      }
    }))

  test('for the metadata of another issuer', (context) =>
    refused(context, /metadata of another issuer/, () => {}, {
      metadata: (document) => (document.issuer = 'https://evil.example'),
    }))

  test('for an issuer that differs by a slash', (context) =>
    refused(context, /metadata of another issuer/, ({ resource, authorization }) => {
      resource.document.authorization_servers = [`${authorization.issuer}/`]
    }))

  test('for PKCE that is not announced', (context) =>
    refused(context, /does not announce PKCE with S256/, () => {}, {
      metadata: (document) => delete document.code_challenge_methods_supported,
    }))

  test('for PKCE without S256', (context) =>
    refused(context, /does not announce PKCE with S256/, () => {}, {
      metadata: (document) => (document.code_challenge_methods_supported = ['plain']),
    }))

  test('for a missing authorization endpoint', (context) =>
    refused(context, /names no authorization or no token endpoint/, () => {}, {
      metadata: (document) => delete document.authorization_endpoint,
    }))

  test('for an authorization server that nobody names', (context) =>
    refused(context, /names no authorization server/, ({ resource }) => {
      resource.document.authorization_servers = []
    }))

  test('for metadata that is not there', (context) =>
    refused(context, /publishes no protected-resource metadata/, ({ resource }) => {
      resource.override('/mcp', (response) => json(response, 401, {}))
      resource.override(new URL(resource.metadataUrl).pathname, (response) => json(response, 404, {}))
    }))

  test('for a private address, which is never asked', async (context) => {
    const { assert } = context
    const { connect, resource } = await begin(context, { allowPrivate: false })
    for (const url of [
      resource.resource,
      'https://127.0.0.1/mcp',
      'https://[::1]/mcp',
      'https://169.254.169.254/',
    ]) {
      const result = await connect(url)
      assert.isFalse(result.ok)
      if (!result.ok) assert.match(result.message, /ALLOW_PRIVATE_PROVIDERS/)
    }
    assert.lengthOf(resource.seen, 0)
  })

  test('where one of several authorization servers can be trusted, that one is taken', async (context) => {
    const { assert } = context
    const { connect, resource, authorization } = await begin(context)
    resource.document.authorization_servers = [`${resource.origin}/as`, authorization.issuer]
    assert.containSubset(await connect(), {
      ok: true,
      provider: { server: { issuer: authorization.issuer } },
    })
  })

  test('texts that are no URL of a server are told apart', async (context) => {
    const { assert } = context
    const { connect } = await begin(context)
    const sentences: [string, RegExp][] = [
      [' ', /^Enter the URL/],
      ['mcp.example.com', /^This is not a URL/],
      ['https://a.example/mcp#tools', /behind "#"/],
      ['https://user:pass@a.example/', /user name, password/],
      ['ftp://a.example/', /^The URL must be an https URL/],
      [`https://a.example/${'x'.repeat(3_000)}`, /too long/],
    ]
    for (const [url, sentence] of sentences) {
      const result = await connect(url)
      assert.match(result.ok ? 'ok' : result.message, sentence)
    }
  })

  test('a known server that stops announcing S256 is not connected again', async (context) => {
    const { assert } = context
    const published = { methods: ['S256'] }
    const { browser, person, resource, clock, connections } = await begin(context, {
      metadata: (document) => (document.code_challenge_methods_supported = published.methods),
    })
    await browser.connect(resource.resource, person)
    const [connection] = await connections()
    published.methods = ['plain']
    clock.advance(3_600_000)
    await browser.reconnect(connection.provider, connection.id)
    assert.match(browser.notice?.text ?? '', /cannot be connected with its present settings \(no_pkce\)/)
  })

  test('a redirect in another issuer’s name costs no token request', async (context) => {
    const { assert } = context
    const { browser, person, resource, authorization, connections } = await begin(context)
    for (const change of [
      (back: URL) => back.searchParams.set('iss', 'https://evil.example'),
      (back: URL) => back.searchParams.delete('iss'),
    ]) {
      await browser.consent(await browser.enter(resource.resource), person, change)
      assert.match(browser.notice?.text ?? '', /does not belong to this attempt/)
    }
    assert.lengthOf(authorization.tokenForms, 0)
    assert.lengthOf(await connections(), 0)
  })
})

test.group('A resource that demands more scopes', () => {
  test('gets them by a consent to the union of what was granted and what is demanded', async (context) => {
    const { assert } = context
    const { browser, person, resource, engine, organization, ...fixture } = await begin(context)
    await browser.connect(resource.resource, person)
    const [connection] = await fixture.connections()
    resource.demands = ['files:write']
    const call = await resource.call(fixture.tokenOf(connection))
    assert.equal(call.status, 403)

    const wanted = await engine.mcp.stepUp(organization.id, connection.id, call.challenge ?? '')
    assert.deepEqual(wanted, {
      ok: true,
      connectionId: connection.id,
      scopes: ['files:read', 'files:write'],
    })
    const left = await browser.reconnect(connection.provider, connection.id)
    const asked = new URL(left.header('location') ?? '').searchParams.get('scope')?.split(' ')
    assert.sameMembers(asked ?? [], ['files:read', 'files:write', 'offline_access'])
    await browser.consent(left, person)
    await connection.refresh()
    assert.sameMembers(connection.scopes, ['files:read', 'files:write'])
    assert.equal((await resource.call(fixture.tokenOf(connection))).status, 200)
    // What was granted once is asked for again, and refreshes keep it.
    await engine.refresh.refreshOne(connection.id, manual)
    await connection.refresh()
    assert.equal((await resource.call(fixture.tokenOf(connection))).status, 200)
    const again = await browser.reconnect(connection.provider, connection.id)
    assert.include(again.header('location'), 'files%3Awrite')
    assert.notProperty(connection.metadata, 'demanded_scopes')
  })

  test('several demands add up', async (context) => {
    const { assert } = context
    const { browser, person, resource, engine, organization, connections } = await begin(context)
    await browser.connect(resource.resource, person)
    const [connection] = await connections()
    const demand = (scope: string) =>
      engine.mcp.stepUp(
        organization.id,
        connection.id,
        `Bearer error="insufficient_scope", scope="${scope}", resource_metadata="https://x.example"`
      )
    await demand('a b')
    assert.containSubset(await demand('c'), { ok: true, scopes: ['files:read', 'a', 'b', 'c'] })
  })

  test('is not answered for other challenges, for what is granted, or for another organization', async (context) => {
    const { assert } = context
    const { browser, person, resource, engine, organization, connections } = await begin(context)
    await browser.connect(resource.resource, person)
    const [connection] = await connections()
    const ask = (challenge: string, organizationId = organization.id) =>
      engine.mcp.stepUp(organizationId, connection.id, challenge)
    const challenge = (scope: string) => `Bearer error="insufficient_scope", scope="${scope}"`
    assert.deepEqual(await ask('Bearer error="invalid_token"'), { ok: false, reason: 'no_challenge' })
    assert.deepEqual(await ask('Bearer error="insufficient_scope"'), { ok: false, reason: 'no_challenge' })
    assert.deepEqual(await ask('garbage "'), { ok: false, reason: 'no_challenge' })
    assert.deepEqual(await ask(challenge('files:read')), { ok: false, reason: 'granted' })
    const elsewhere = '00000000-0000-7000-8000-00000000000b'
    assert.deepEqual(await ask(challenge('files:write'), elsewhere), { ok: false, reason: 'not_found' })
  })
})

test.group('The form for MCP servers', () => {
  test('has one field, and leads to the server’s consent without any script', async (context) => {
    const { assert, client } = context
    const { browser, operator, resource, authorization } = await begin(context)
    const page = await client.get('/accounts/connect').loginAs(operator)
    assert.match(page.text(), /action="\/connect\/mcp"/)
    assert.match(page.text(), /<label for="mcp-url">/)
    const left = await browser.enter(resource.resource)
    assert.include(left.header('location'), authorization.issuer)
  })

  test('comes back with what was typed and the reason beside the field', async (context) => {
    const { assert } = context
    const { browser } = await begin(context)
    const answer = await browser.enter('https://a.example/mcp#<script>')
    assert.equal(answer.header('location'), '/accounts/connect#mcp-server')
    const page = (await browser.get('/accounts/connect')).text()
    assert.match(page, /value="https:\/\/a\.example\/mcp#&lt;script&gt;"/)
    assert.match(page, /aria-invalid="true" aria-describedby="mcp-url-problem"/)
    assert.match(page, /id="mcp-url-problem"[^>]*>[^]*?<span>Leave out the part behind/)
    assert.notMatch((await browser.get('/accounts/connect')).text(), /mcp-url-problem/)
  })

  test('says the reason in the language of the reader', async (context) => {
    const { assert } = context
    const { connect } = await begin(context)
    const i18n = await app.container.make('i18n')
    const result = await connect('https://a.example/mcp#x')
    assert.isFalse(result.ok)
    if (result.ok) return
    const said = (locale: string) => {
      const speaker = i18n.locale(locale)
      return mcpWords(result, speaker.t.bind(speaker))
    }
    assert.equal(said('en'), result.message)
    assert.match(said('fr'), /^Retirez ce qui suit/)
    assert.match(said('ja'), /^「#」以降/)
    const unstorable = { ...result, fault: { code: 'unstorable', values: {} } as const }
    const because = [entryProblem('scopes', fault('empty_scope'))]
    const speaker = i18n.locale('fr')
    assert.equal(
      mcpWords({ ...unstorable, because }, speaker.t.bind(speaker)),
      'Le serveur ne peut pas être enregistré. scopes\u202f: une portée ne doit pas être vide'
    )
  })

  test('asks for a client where the server registers none, and keeps its id but never its secret', async (context) => {
    const { assert } = context
    const { browser, resource } = await begin(context, { registration: false })
    await browser.enter(resource.resource)
    const page = (await browser.get('/accounts/connect')).text()
    assert.match(page, /<details\s+class="own-client"\s+open/)
    assert.match(page, /registers no clients by itself/)
    assert.match(page, /\/connect\/mcp-[\w.-]+\/callback/)
    const fields = { client_id: 'by-hand', client_secret: 'a-secret-of-somebody' }
    await browser.enter('https://a.example/#', { ...fields })
    await browser.enter('nonsense', fields)
    const again = (await browser.get('/accounts/connect')).text()
    assert.match(again, /value="by-hand"/)
    assert.notInclude(again + JSON.stringify(browser.session), 'a-secret-of-somebody')
  })

  test('is refused to viewers', async (context) => {
    const { client } = context
    const { organization, resource } = await begin(context)
    const user = await UserFactory.create()
    await MembershipFactory.merge({
      organizationId: organization.id,
      userId: user.id,
      role: 'viewer',
    }).create()
    const answer = await new McpBrowser(client, user).enter(resource.resource)
    answer.assertStatus(403)
    context.assert.lengthOf(resource.seen, 0)
  })

  test('the account shows its resource and its issuer', async (context) => {
    const { assert } = context
    const { browser, person, resource, authorization } = await begin(context)
    const answer = await browser.connect(resource.resource, person)
    const page = (await browser.get(answer.header('location') ?? '')).text()
    assert.include(page, resource.resource)
    assert.include(page, authorization.issuer)
  })
})
