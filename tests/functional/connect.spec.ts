import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import { ConnectionFactory } from '#database/factories/connection_factory'
import { OrganizationFactory } from '#database/factories/organization_factory'
import { Browser, connectFixture } from '#tests/helpers/connect_fixture'

const CHOICE = '/accounts/connect'

async function begin({ client, cleanup }: TestContext) {
  const fixture = await connectFixture((work) => cleanup(work))
  return { ...fixture, browser: new Browser(client, fixture.operator) }
}

test.group('Connecting an account', () => {
  test('stores one connection with sealed tokens, planned for its next refresh', async (context) => {
    const { assert } = context
    const { browser, person, connections, engine, organization } = await begin(context)
    const answer = await browser.connect(person(), 'nova-hollis')
    const [connection, ...others] = await connections()
    assert.lengthOf(others, 0)
    answer.assertStatus(303)
    assert.equal(answer.header('location'), `/accounts/${connection.id}`)
    assert.deepEqual(browser.notice(), { tone: 'good', text: 'Nova Hollis is connected.' })
    assert.equal(connection.organizationId, organization.id)
    assert.equal(connection.providerAccountId, 'nova-hollis')
    assert.equal(connection.owner, 'novahollis')
    assert.equal(connection.displayName, 'Nova Hollis')
    assert.equal(connection.expirySource, 'provider')
    assert.deepEqual(connection.scopes, ['openid', 'offline_access', 'profile'])
    assert.isTrue(connection.nextRefreshAt! < connection.tokenExpiresAt!)
    for (const column of ['access_token', 'refresh_token'] as const) {
      const blob = column === 'access_token' ? connection.accessToken : connection.refreshToken
      assert.match(blob ?? '', /^v1:/)
      const place = { organizationId: organization.id, connectionId: connection.id, column }
      assert.isTrue(engine.vault.open(blob!, place).ok)
    }
  })

  test('the same account again keeps its row, its owner and its pause, under a new generation', async (context) => {
    const { assert } = context
    const { browser, person, connections, engine, organization } = await begin(context)
    await browser.connect(person(), 'nova-hollis')
    const [before] = await connections()
    before.merge({ owner: 'owner-of-the-app', attemptId: before.id, openAttempts: 2, isActive: false })
    await before.merge({ status: 'needs_reauth', errorCode: 'invalid_grant' }).save()
    await engine.connections.pause(organization.id, before.id)
    await browser.connect(person(), 'nova-hollis')
    const [after, ...others] = await connections()
    assert.lengthOf(others, 0)
    assert.equal(browser.notice().text, 'Nova Hollis is connected again.')
    assert.equal(after.id, before.id)
    assert.equal(after.grantGeneration, before.grantGeneration + 1)
    assert.equal(after.tokenVersion, before.tokenVersion + 1)
    assert.notEqual(after.credentialFp, before.credentialFp)
    assert.equal(after.owner, 'owner-of-the-app')
    assert.isNotNull(after.pausedAt)
    assert.isNull(after.attemptId)
    assert.isNull(after.errorCode)
    assert.equal(after.openAttempts, 0)
    assert.equal(after.status, 'connected')
    assert.isTrue(after.isActive)
  })

  test('a reconnect that comes back with another account leaves the first one untouched', async (context) => {
    const { assert } = context
    const { browser, person, connections } = await begin(context)
    await browser.connect(person(), 'nova-hollis')
    const [first] = await connections()
    await browser.connect(person(), 'orbit-coffee', { reconnect: first.id })
    const [same, second] = await connections()
    assert.deepEqual(same.serialize(), first.serialize())
    assert.equal(same.accessToken, first.accessToken)
    assert.equal(second.providerAccountId, 'orbit-coffee')
    assert.equal(browser.notice().tone, 'info')
    assert.include(browser.notice().text, 'another account, Orbit Coffee')
  })

  test('a connection of another organization cannot be named for a reconnect', async (context) => {
    const { browser } = await begin(context)
    const elsewhere = await OrganizationFactory.create()
    const foreign = await ConnectionFactory.merge({
      organizationId: elsewhere.id,
      provider: 'sandbox',
    }).create()
    const answer = await browser.start('sandbox', { reconnect: foreign.id })
    answer.assertStatus(404)
  })

  test('declining is told in plain words and connects nothing', async (context) => {
    const { assert } = context
    const { browser, person, connections, tokenRequests } = await begin(context)
    const started = await browser.start('sandbox')
    const asked = new URL(started.header('location')!)
    const back = await person().decide('deny', 'nova-hollis', Object.fromEntries(asked.searchParams))
    const answer = await browser.get(back.pathname + back.search)
    assert.equal(answer.header('location'), CHOICE)
    assert.containSubset(browser.notice(), {
      tone: 'bad',
      text: 'You declined at Sandbox. Nothing was connected.',
    })
    assert.equal(tokenRequests(), 0)
    assert.lengthOf(await connections(), 0)
  })

  test('a viewer may not connect', async (context) => {
    const { client } = context
    const { member } = await begin(context)
    const browser = new Browser(client, await member('viewer'))
    const answer = await browser.start('sandbox')
    answer.assertStatus(403)
  })

  test('an unknown provider is not found, an unconfigured one is named', async (context) => {
    const { browser } = await begin(context)
    const unknown = await browser.start('nowhere')
    unknown.assertStatus(404)
    const unconfigured = await browser.start('twitch')
    context.assert.equal(unconfigured.header('location'), CHOICE)
    context.assert.include(browser.notice().text, 'no client id')
  })

  test('a browser, which sends an origin, gets a page that moves on by itself', async (context) => {
    const { client, assert } = context
    const { operator } = await begin(context)
    const answer = await client
      .post('/connect/sandbox/start')
      .header('origin', 'http://127.0.0.1')
      .loginAs(operator)
      .withCsrfToken()
    answer.assertStatus(200)
    assert.match(answer.header('refresh') ?? '', /^0;url=http:\/\/127\.0\.0\.1:\d+\/auth\?/)
    assert.include(answer.text(), 'Continue to Sandbox')
  })
})

test.group('The callback, when something is wrong', () => {
  const refuses = async (
    context: TestContext,
    change: (path: string, browser: Browser) => string | Promise<string>
  ) => {
    const { assert } = context
    const { browser, person, connections, tokenRequests } = await begin(context)
    const path = await change(await browser.consent(person(), 'nova-hollis'), browser)
    const answer = await browser.get(path)
    answer.assertStatus(303)
    assert.equal(answer.header('location'), CHOICE)
    assert.equal(browser.notice().tone, 'bad')
    assert.equal(tokenRequests(), 0)
    assert.lengthOf(await connections(), 0)
  }
  const without = (path: string, ...names: string[]) => {
    const url = new URL(path, 'http://x')
    for (const name of names) url.searchParams.delete(name)
    return url.pathname + url.search
  }
  const having = (path: string, name: string, value: string) => {
    const url = new URL(path, 'http://x')
    url.searchParams.set(name, value)
    return url.pathname + url.search
  }

  test('a missing state costs no token request', (context) =>
    refuses(context, (path) => without(path, 'state')))

  test('a state that is not ours costs no token request', (context) =>
    refuses(context, (path) => having(path, 'state', 'somebody-elses')))

  test('a state of another session costs no token request', (context) =>
    refuses(context, (path, browser) => {
      browser.session = {}
      return path
    }))

  test('a state of another provider costs no token request', (context) =>
    refuses(context, (path) => path.replace('/sandbox/', '/other/')))

  test('a state older than ten minutes costs no token request', (context) =>
    refuses(context, (path, browser) => {
      const [pending] = pendingOf(browser)
      pending.startedAt -= 10 * 60_000 + 1
      return path
    }))

  test('a state of another person costs no token request', (context) =>
    refuses(context, (path, browser) => {
      pendingOf(browser)[0].userId = 'somebody-else'
      return path
    }))

  test('another issuer costs no token request', (context) =>
    refuses(context, (path) => having(path, 'iss', 'https://evil.example')))

  test('two issuers cost no token request', (context) =>
    refuses(context, (path) => `${path}&iss=https%3A%2F%2Fevil.example`))

  test('a missing code costs no token request', (context) =>
    refuses(context, (path) => without(path, 'code')))

  test('a state serves once, even where it failed', async (context) => {
    const { assert } = context
    const { browser, person, tokenRequests } = await begin(context)
    const path = await browser.consent(person(), 'nova-hollis')
    await browser.get(having(path, 'iss', 'https://evil.example'))
    const again = await browser.get(path)
    assert.equal(again.header('location'), CHOICE)
    assert.equal(tokenRequests(), 0)
  })

  test('a code that the provider refuses connects nothing and keeps its words to itself', async (context) => {
    const { assert } = context
    const { browser, person, connections } = await begin(context)
    const path = await browser.consent(person(), 'nova-hollis')
    await browser.get(having(path, 'code', 'a-made-up-code'))
    assert.match(browser.notice().text, /did not accept the code/)
    assert.notInclude(JSON.stringify(browser.session), 'grant request is invalid')
    assert.lengthOf(await connections(), 0)
  })

  test('a provider that is down is told so, and nothing is connected', async (context) => {
    const { assert } = context
    const { browser, person, connections, sandbox } = await begin(context)
    const path = await browser.consent(person(), 'nova-hollis')
    sandbox.control.down(true)
    await browser.get(path)
    assert.match(browser.notice().text, /does not answer at the moment/)
    assert.lengthOf(await connections(), 0)
  })
})

test.group('The callback, twice', () => {
  test('at the same moment makes one exchange and leads both to the account', async (context) => {
    const { assert, client } = context
    const { browser, operator, person, connections, tokenRequests } = await begin(context)
    const path = await browser.consent(person(), 'nova-hollis')
    const twin = new Browser(client, operator)
    twin.session = structuredClone(browser.session)
    const answers = await Promise.all([browser.get(path), twin.get(path)])
    const [connection, ...others] = await connections()
    assert.lengthOf(others, 0)
    assert.deepEqual(
      answers.map((answer) => answer.header('location')),
      [`/accounts/${connection.id}`, `/accounts/${connection.id}`]
    )
    assert.equal(tokenRequests(), 1)
    assert.equal(connection.grantGeneration, 1)
  })

  test('one after the other makes one exchange and leads to the account', async (context) => {
    const { assert } = context
    const { browser, person, connections, tokenRequests } = await begin(context)
    const path = await browser.consent(person(), 'nova-hollis')
    await browser.get(path)
    const again = await browser.get(path)
    const [connection] = await connections()
    assert.equal(again.header('location'), `/accounts/${connection.id}`)
    assert.equal(tokenRequests(), 1)
  })

  test('no more than five attempts wait in one session, the newest of them', async (context) => {
    const { assert } = context
    const { browser } = await begin(context)
    for (let i = 0; i < 7; i++) await browser.start('sandbox')
    assert.lengthOf(pendingOf(browser), 5)
  })
})

test.group('Where connecting leads', () => {
  test('a path of our own is followed', async (context) => {
    const { browser, person } = await begin(context)
    const answer = await browser.connect(person(), 'nova-hollis', { return_to: '/accounts?status=due' })
    context.assert.equal(answer.header('location'), '/accounts?status=due')
  })

  for (const hostile of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    '/%09/evil',
    '/a/../b',
  ]) {
    test(`${JSON.stringify(hostile)} is not followed`, async (context) => {
      const { browser, person, connections } = await begin(context)
      const answer = await browser.connect(person(), 'nova-hollis', { return_to: hostile })
      const [connection] = await connections()
      context.assert.equal(answer.header('location'), `/accounts/${connection.id}`)
    })
  }
})

function pendingOf(browser: Browser): { startedAt: number; userId: string }[] {
  const connect = browser.session.connect as { pending: { startedAt: number; userId: string }[] }
  return connect.pending
}
