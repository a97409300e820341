/** The page of one provider: what it tells, and what operators do there. */
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import type { ApiClient, ApiResponse } from '@japa/api-client'
import { DateTime } from 'luxon'
import ClientGate from '#models/client_gate'
import { toInstant } from '#models/columns'
import ProviderRow from '#models/provider'
import type User from '#models/user'
import { uuid } from '#models/uuid'
import { Secret } from '#oauth/secret'
import { aProvider, MINUTE } from '#tests/helpers/refresh_fixtures'
import { testCredentials } from '#services/credential_test'
import { gateOf } from '#token_refresh/gate_directory'
import { engineFixture, postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { mcpFixture } from '#tests/helpers/mcp/mcp_fixture'
import { told } from '#tests/helpers/outbox'
import { json } from '#tests/helpers/token_server'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

const ACTIONS = ['test', 'circuit', 'discover'] as const

function post(client: ApiClient, user: User, path: string) {
  return client.post(path).loginAs(user).withCsrfToken().redirects(0)
}

const noticeOf = (response: ApiResponse) =>
  response.flashMessages().notice as unknown as { tone: string; text: string }

const pausedGate = (reason: string) =>
  ClientGate.create({
    ...{ id: 'twitch', flow: 'paused', reason, errorCode: 'invalid_client', failures: 3 },
    updatedAt: DateTime.utc(),
  })

/** An event of the gate as the engine tells it. */
const anEvent = (organizationId: string, name: string, at: number) =>
  db.table('events').insert({
    ...{ id: uuid(), organization_id: organizationId, provider: 'twitch', name, severity: 'high' },
    data: JSON.stringify({ gate: 'twitch', cause: 'unavailable', code: 'http_503' }),
    ...{ dedupe_key: `${name}:${at}`, created_at: toInstant(at) },
  })

test.group('Testing the credentials of a provider', () => {
  test('one that knows our client refuses the made-up token and nothing else', async ({
    assert,
    cleanup,
  }) => {
    const { engine, provider, server } = await engineFixture('sqlite', (work) => cleanup(work))
    const finding = await testCredentials(engine, provider)
    assert.deepEqual(finding, { tested: true, verdict: 'accepted', code: 'invalid_grant', status: 400 })
    assert.lengthOf(server.presented, 1)
    assert.equal(server.refreshes.size, 0)
  })

  test('one that does not refuses the client, and its gate hears nothing of the test', async ({
    assert,
    cleanup,
  }) => {
    const { engine, provider, server, all } = await engineFixture('sqlite', (work) => cleanup(work))
    server.clientSecret = 'changed'
    assert.containSubset(await testCredentials(engine, provider), {
      verdict: 'refused',
      code: 'invalid_client',
    })
    assert.deepEqual(await all('SELECT * FROM client_gates'), [])
  })

  test('an answer that tells nothing of the client is told as such', async ({ assert, cleanup }) => {
    const { engine, provider, server } = await engineFixture('sqlite', (work) => cleanup(work))
    for (const [status, verdict] of [
      [503, 'unreachable'],
      [429, 'limited'],
    ] as const) {
      server.next((response) => json(response, status, { error: 'slow_down' }))
      assert.containSubset(await testCredentials(engine, provider), { tested: true, verdict, status })
    }
  })

  test('what cannot be tested says why, and nothing is sent', async ({ assert, cleanup }) => {
    const { engine, server } = await engineFixture('sqlite', (work) => cleanup(work))
    const reasonOf = async (overrides: object) => {
      const finding = await testCredentials(engine, aProvider(overrides))
      return finding.tested ? null : finding.reason
    }
    assert.equal(await reasonOf({ client: null }), 'no_client')
    assert.equal(await reasonOf({ refresh: { supported: false } }), 'no_refresh')
    const config = { site: { title: 'Site', pattern: '[a-z]+' } }
    assert.equal(await reasonOf({ config }), 'variables')
    const refreshRequest = () => ({ method: 'GET', url: server.url, headers: {} })
    assert.equal(await reasonOf({ refreshRequest }), 'no_proof')
    assert.lengthOf(server.presented, 0)
  })
})

for (const dialect of ['sqlite', 'postgres'] satisfies Dialect[]) {
  test.group(`Closing a circuit by hand on ${dialect}`, (group) => {
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })

    test('lets requests through at once, and people hear that it recovered', async ({ assert, cleanup }) => {
      const fixture = await engineFixture(dialect, (work) => cleanup(work))
      const { engine, server, clock } = fixture
      const id = await fixture.connect('ana')
      server.clientSecret = 'changed'
      await engine.refresh.refreshDue()
      const gate = gateOf(engine.providers, 'acme')
      server.clientSecret = 'client-secret'
      const again = () => engine.refresh.refreshOne(id, { kind: 'manual', force: true })
      assert.containSubset(await again(), { status: 'deferred', reason: 'provider_paused' })
      assert.isTrue(await engine.store.openGate(gate))
      assert.containSubset(await again(), { status: 'refreshed' })
      assert.deepEqual(await told(fixture), [
        'provider.paused urgent configuration',
        'provider.recovered normal configuration',
      ])
      clock.advance(MINUTE)
      assert.isFalse(await engine.store.openGate(gate))
    })
  })
}

test.group('The page of a provider', (group) => {
  group.each.setup(() => emptyTables())

  test('without a client it leads through its registration', async ({ client, assert }) => {
    const { user } = await aPerson('viewer')
    const text = (await client.get('/providers/spotify').loginAs(user)).text()
    assert.match(text, /\/connect\/spotify\/callback<\/code>/)
    for (const words of [
      'SPOTIFY_CLIENT_SECRET',
      'Provider’s console',
      'Compared with the vendor’s pages on',
    ])
      assert.include(text, words)
  })

  test('a token that derives from another account is not said to be never refreshed', async ({
    client,
    assert,
  }) => {
    const { user } = await aPerson('viewer')
    const page = (await client.get('/providers/meta_page').loginAs(user)).text()
    const list = (await client.get('/providers').loginAs(user)).text()
    assert.include(page, 'they are made anew from the account at Facebook whenever that one is refreshed')
    assert.notInclude(page, 'are never refreshed')
    assert.include(list, 'None: made anew with Facebook')
  })

  test('tells why requests wait, since when, and whose accounts', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    await aConnection(organization)
    await aConnection(organization, { pausedAt: DateTime.utc() })
    await pausedGate('configuration')
    const page = () => client.get('/providers/twitch').loginAs(user)
    const text = (await page()).text()
    assert.include(text, 'The circuit is open: the provider refuses our client or the way we ask.')
    assert.match(text, /1 account waits; their grants are not touched/)
    assert.include(text, 'Close the circuit now')
    assert.include(text, 'Our client id or secret is rejected.')
    assert.notInclude(text, 'No failures in a row')
    const closed = await post(client, user, '/providers/twitch/circuit')
    assert.equal(closed.header('location'), '/providers/twitch')
    assert.equal((await ClientGate.findOrFail('twitch')).flow, 'open')
    assert.include((await page()).text(), 'The circuit is closed: requests flow.')
  })

  test('remembers what happened, for its own organization only', async ({ client, assert }) => {
    const { user, organization } = await aPerson('viewer')
    const { user: stranger } = await aPerson('viewer')
    const at = Date.now() - 40 * MINUTE
    await anEvent(organization.id, 'provider.paused', at)
    const page = async (who = user) => (await client.get('/providers/twitch').loginAs(who)).text()
    assert.include(await page(), 'not over yet')
    await anEvent(organization.id, 'provider.recovered', at + 5 * MINUTE)
    const text = await page()
    assert.include(text, 'Did not answer properly')
    assert.include(text, 'lasted 5 min')
    assert.include(text, 'http_503')
    assert.include(await page(stranger), 'None in the time that events are kept.')
    assert.include((await client.get('/providers').loginAs(user)).text(), 'Did not answer properly')
  })

  test('a poll gets 304 until something changes', async ({ client }) => {
    const { user } = await aPerson('viewer')
    const first = await client.get('/providers/twitch').loginAs(user)
    const poll = () =>
      client.get('/providers/twitch').loginAs(user).header('If-None-Match', first.header('etag')!)
    ;(await poll()).assertStatus(304)
    await pausedGate('unavailable')
    ;(await poll()).assertStatus(200)
  })

  test('a viewer may look and do nothing; what is not there is not found', async ({ client, assert }) => {
    const { user } = await aPerson('viewer')
    const text = (await client.get('/providers/twitch').loginAs(user)).text()
    assert.notMatch(text, /<button[^>]*data-busy(?![^>]*disabled)/)
    const { user: operator } = await aPerson('operator')
    for (const action of ACTIONS) {
      ;(await post(client, user, `/providers/twitch/${action}`)).assertStatus(403)
      ;(await post(client, operator, `/providers/nobody/${action}`)).assertStatus(404)
    }
    const missing = client.get('/providers/nobody').loginAs(operator).header('Accept', 'text/html')
    ;(await missing).assertStatus(404)
  })

  test('without the token of its form nothing is done', async ({ client, assert }) => {
    const { user } = await aPerson('operator')
    await pausedGate('unavailable')
    await client.post('/providers/twitch/circuit').loginAs(user).redirects(0)
    assert.equal((await ClientGate.findOrFail('twitch')).flow, 'paused')
  })
})

test.group('The page of an MCP server', () => {
  test('shows what was discovered and registered, and discovers again', async ({
    client,
    assert,
    cleanup,
  }) => {
    const fixture = await mcpFixture((work) => cleanup(work))
    const { authorization, resource, operator, clock } = fixture
    const connected = await fixture.connect()
    if (!connected.ok) throw new Error(connected.message)
    const { id, client: ours } = connected.provider
    const path = `/providers/${id}`
    const page = async () => (await client.get(path).loginAs(operator)).text()
    const text = await page()
    for (const words of [
      resource.resource,
      authorization.issuer,
      'Dynamic (RFC 7591)',
      'registration_endpoint',
    ])
      assert.include(text, words)
    assert.notInclude(text, ours?.client_secret?.reveal() ?? '')
    assert.notInclude(text, ours?.client_id ?? '')
    clock.advance(10 * MINUTE)
    const again = await post(client, operator, `${path}/discover`)
    again.assertStatus(303)
    assert.containSubset(again.flashMessages().notice, { tone: 'good' })
    const tested = await post(client, operator, `${path}/test`)
    assert.match(noticeOf(tested).text, /^The client works: .*invalid_grant/)
    assert.equal(authorization.registrations.length, 1)
  })

  test('keeps what the last test found, until the credentials are changed', async ({
    client,
    assert,
    cleanup,
  }) => {
    const fixture = await mcpFixture((work) => cleanup(work))
    const { operator, organization } = fixture
    const connected = await fixture.connect()
    if (!connected.ok) throw new Error(connected.message)
    const { id } = connected.provider
    const [row] = await ProviderRow.all()
    const { catalogue } = await app.container.make('engine')
    const pages = async () => {
      const own = (await client.get(`/providers/${id}`).loginAs(operator)).text()
      return [own, (await client.get('/providers').loginAs(operator)).text()]
    }
    const bothSay = async (words: string) => {
      for (const page of await pages()) assert.include(page, words)
    }
    await bothSay('Never tested')
    await post(client, operator, `/providers/${id}/test`)
    await bothSay('The client works')
    await bothSay(`· ${operator.email}`)
    const rename = { name: 'Another name', entry: row.entry }
    assert.isTrue((await catalogue.update(organization.id, row.key, rename)).ok)
    await bothSay('The client works')
    const clientSecret = new Secret('a wrong secret')
    assert.isTrue((await catalogue.update(organization.id, row.key, { clientSecret })).ok)
    await bothSay('Not tested since the change')
    await post(client, operator, `/providers/${id}/test`)
    await bothSay('The client is refused')
    await bothSay('invalid_client')
    await fixture.authorization.close()
    await post(client, operator, `/providers/${id}/test`)
    await bothSay('No proper answer came')
  })

  test('a server that is gone says so, and nothing changes', async ({ client, assert, cleanup }) => {
    const fixture = await mcpFixture((work) => cleanup(work))
    const connected = await fixture.connect()
    if (!connected.ok) throw new Error(connected.message)
    await fixture.resource.close()
    const path = `/providers/${connected.provider.id}`
    const notice = noticeOf(await post(client, fixture.operator, `${path}/discover`))
    assert.equal(notice.tone, 'bad')
    assert.match(notice.text, /^The metadata could not be read: /)
  })
})
