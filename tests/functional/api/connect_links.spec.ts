/** Connect links: made by programs, used by people without an account here. */
import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import { appUrl } from '#config/app'
import { ConnectLinks } from '#services/connect_links/connect_links'
import { returnAddress, returnUrlProblem } from '#services/connect_links/return_url'
import { openPostgresDriver } from '#store/postgres_driver'
import { openSqliteDriver } from '#store/sqlite_driver'
import { anApiCaller, type ApiAnswer } from '#tests/helpers/api_caller'
import { connectFixture } from '#tests/helpers/connect_fixture'
import { testDatabaseFile } from '#tests/helpers/database'
import { engineFixture, openDriver, postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { LinkVisitor } from '#tests/helpers/link_visitor'

const RETURN = 'https://app.example/back?tab=accounts&status=old'
const codeOf = ({ status, body }: ApiAnswer) => [status, body.code]

async function scene({ client, cleanup }: TestContext) {
  const fixture = await connectFixture((work) => cleanup(work))
  const caller = await anApiCaller({ organizationId: fixture.organization.id })
  const asked = { provider: 'sandbox', owner: 'ana' }
  /** A link that was really made by a call. */
  const link = async (more: object = {}) => {
    const made = await caller.post('/connect-links', { ...asked, ...more })
    if (made.status !== 201) throw new Error(made.text)
    return String(made.body.url)
  }
  const visitor = () => new LinkVisitor(client)
  return { ...fixture, caller, asked, link, visitor }
}

const idOf = (url: string) => new URL(url).pathname.split('/').at(-1) ?? ''

test.group('API: making a connect link', (group) => {
  group.each.timeout(20_000)

  test('the answer is a signed address and its end: a day, or as long as was asked', async (context) => {
    const { assert } = context
    const { caller, asked } = await scene(context)
    for (const [more, seconds] of [
      [{}, 86_400],
      [{ expires_in: 60 }, 60],
    ] as const) {
      const { status, body } = await caller.post('/connect-links', { ...asked, ...more })
      assert.equal(status, 201)
      assert.sameMembers(Object.keys(body), ['url', 'expires_at'])
      assert.match(String(body.url), new RegExp(`^${appUrl}/link/[0-9a-f-]{36}\\?signature=[\\w.%-]+$`))
      const row = await db
        .from('connect_links')
        .where('id', idOf(String(body.url)))
        .firstOrFail()
      assert.equal(Date.parse(String(body.expires_at)) - Number(row.created_at), seconds * 1_000)
      assert.equal(row.created_by, `API key ${caller.apiKey.name}`)
    }
  })

  test('what cannot lead anywhere is refused, by field, and nothing is made', async (context) => {
    const { assert } = context
    const { caller, asked, engine, visitor, link, person, connections } = await scene(context)
    await visitor().connect(await link(), person(), 'nova-hollis')
    const [{ id: known }] = await connections()
    await db.from('connect_links').delete()
    const stranger = await anApiCaller()
    const parent = engine.providers.all().find(({ children }) => children !== null)
    const wrong: [object, string][] = [
      [{ ...asked, provider: 'nowhere' }, 'provider'],
      [{ ...asked, provider: 'twitch' }, 'provider'],
      [{ ...asked, provider: parent?.children?.provider }, 'provider'],
      [{ provider: 'sandbox' }, 'owner'],
      [{ ...asked, owner: 'two\nlines' }, 'owner'],
      [{ ...asked, config: { shop: 'x' } }, 'config'],
      [{ ...asked, return_url: 'http://app.example/' }, 'return_url'],
      [{ ...asked, return_url: 'javascript:alert(1)' }, 'return_url'],
      [{ ...asked, expires_in: 59 }, 'expires_in'],
      [{ ...asked, expires_in: 30 * 86_400 + 1 }, 'expires_in'],
      [{ ...asked, connection_id: '00000000-0000-7000-8000-0000000000ff' }, 'connection_id'],
      [{ ...asked, provider: 'other', connection_id: known }, 'connection_id'],
      [{ ...asked, owner: 'ben', connection_id: known }, 'owner'],
      [{ ...asked, redirect: RETURN }, 'redirect'],
    ]
    for (const [body, field] of wrong) {
      const answer = await caller.post('/connect-links', body)
      assert.deepEqual(codeOf(answer), [422, 'validation_failed'], JSON.stringify(body))
      assert.containSubset(answer.body.errors, [{ field }])
    }
    const foreign = await stranger.post('/connect-links', { ...asked, connection_id: known })
    assert.equal(foreign.status, 422)
    assert.deepEqual(await db.from('connect_links'), [])
  })

  test('it takes the ability to change connections', async (context) => {
    const { assert } = context
    const { asked } = await scene(context)
    const reader = await anApiCaller({ abilities: ['connections:read'] })
    assert.deepEqual(codeOf(await reader.post('/connect-links', asked)), [403, 'insufficient_ability'])
  })

  test('people return to https, on a developer’s machine to loopback too', ({ assert }) => {
    const fits = ['https://app.example/x?y=1', 'https://10.0.0.1:8443/', 'https://app.example']
    for (const url of fits) assert.isNull(returnUrlProblem(url, false), url)
    for (const url of ['http://localhost:4000/a', 'http://127.0.0.1/', 'http://[::1]:3000/']) {
      assert.isNull(returnUrlProblem(url, true), url)
      assert.isString(returnUrlProblem(url, false), url)
    }
    const unfit = ['http://localhost.evil.example/', 'ftp://localhost/', 'https://u:p@app.example/', '//app']
    for (const url of [
      ...unfit,
      '/own',
      'https://app.example/#part',
      `https://a.example/${'x'.repeat(2_048)}`,
    ])
      assert.isString(returnUrlProblem(url, true), url)
    assert.equal(
      returnAddress('https://app.example/?status=x&connection_id=y&z=1', 'declined', null),
      'https://app.example/?status=declined&z=1'
    )
  })
})

test.group('Using a connect link', (group) => {
  group.each.timeout(20_000)

  test('a person without an account connects theirs, for the owner that was named, and returns', async (context) => {
    const { assert } = context
    const { link, visitor, person, connections, organization } = await scene(context)
    const url = await link({ return_url: RETURN })
    const browser = visitor()
    const page = await browser.get(url)
    page.assertStatus(200)
    for (const words of [organization.name, 'Sandbox', 'ana', 'offline_access', 'Continue to'])
      assert.include(page.text(), words)
    assert.equal(page.header('cache-control'), 'no-store')
    assert.equal(page.header('referrer-policy'), 'no-referrer')
    const end = await browser.connect(url, person(), 'nova-hollis')
    const [connection, ...others] = await connections()
    assert.lengthOf(others, 0)
    assert.deepInclude(connection.$attributes, {
      organizationId: organization.id,
      provider: 'sandbox',
      providerAccountId: 'nova-hollis',
      owner: 'ana',
      ownerUserId: null,
    })
    end.assertStatus(200)
    const back = `https://app.example/back?tab=accounts&status=connected&connection_id=${connection.id}`
    assert.equal(end.header('refresh'), `0;url=${back}`)
    assert.include(end.text(), 'Nova Hollis is connected.')
  })

  test('without a return address the page says that it is done', async (context) => {
    const { assert } = context
    const { link, visitor, person } = await scene(context)
    const end = await visitor().connect(await link(), person(), 'nova-hollis')
    assert.isUndefined(end.header('refresh'))
    assert.include(end.text(), 'You can close this page.')
  })

  test('used again it renews the same account; another one is refused and changes nothing', async (context) => {
    const { assert } = context
    const { link, visitor, person, connections } = await scene(context)
    const url = await link({ return_url: RETURN })
    await visitor().connect(url, person(), 'nova-hollis')
    const [first] = await connections()
    const again = visitor()
    const renewed = await again.connect(url, person(), 'nova-hollis')
    assert.include(renewed.text(), 'Nova Hollis is connected again.')
    const [second] = await connections()
    assert.equal(second.grantGeneration, first.grantGeneration + 1)
    const other = await visitor().connect(url, person(), 'orbit-coffee')
    assert.include(other.text(), 'another account than the one this link is for')
    assert.isUndefined(other.header('refresh'))
    const [third, ...more] = await connections()
    assert.lengthOf(more, 0)
    assert.equal(third.grantGeneration, second.grantGeneration)
  })

  test('a link that has done its work says so, until the account needs it again', async (context) => {
    const { assert } = context
    const { link, visitor, person, connections } = await scene(context)
    const url = await link()
    const fresh = (await visitor().get(url)).text()
    assert.include(fresh, 'Continue to')
    await visitor().connect(url, person(), 'nova-hollis')
    const [connection] = await connections()
    const done = await visitor().get(url)
    done.assertStatus(200)
    assert.include(done.text(), 'The Sandbox account Nova Hollis has already been connected (')
    assert.notInclude(done.text(), 'lost or will lose')
    assert.include(done.text(), 'You may go through it once more')
    await connection.merge({ status: 'needs_reauth' }).save()
    const needed = (await visitor().get(url)).text()
    assert.include(needed, 'lost or will lose its access')
    assert.include(needed, 'Continue to')
    await connection.merge({ status: 'connected' }).save()
    assert.include((await visitor().get(await link({ connection_id: connection.id }))).text(), 'Continue to')
  })

  test('with connection_id it renews that connection only', async (context) => {
    const { assert } = context
    const { link, visitor, person, connections } = await scene(context)
    await visitor().connect(await link(), person(), 'nova-hollis')
    const [{ id, grantGeneration }] = await connections()
    const url = await link({ connection_id: id })
    await visitor().connect(url, person(), 'orbit-coffee')
    assert.lengthOf(await connections(), 1)
    await visitor().connect(url, person(), 'nova-hollis')
    assert.equal((await connections())[0].grantGeneration, grantGeneration + 1)
  })

  test('of two people who come back with different accounts one is connected', async (context) => {
    const { assert } = context
    const { link, visitor, person, connections } = await scene(context)
    const url = await link()
    const [one, two] = [visitor(), visitor()]
    const first = await one.consent(url, person(), 'nova-hollis')
    const second = await two.consent(url, person(), 'orbit-coffee')
    const ends = await Promise.all([one.come(first), two.come(second)])
    assert.lengthOf(await connections(), 1)
    assert.lengthOf(
      ends.filter((end) => end.text().includes('is connected.')),
      1
    )
    const links = await app.container.make('connectLinks')
    assert.isNotNull(await links.claim(idOf(url)), 'nobody has it any more')
  })

  test('declining connects nothing, and leads to another try and back', async (context) => {
    const { assert } = context
    const { link, visitor, person, connections } = await scene(context)
    const url = await link({ return_url: RETURN })
    const browser = visitor()
    const end = await browser.come(await browser.consent(url, person(), 'nova-hollis', 'deny'))
    assert.include(end.text(), 'You declined at Sandbox. Nothing was connected.')
    assert.include(end.text(), 'https://app.example/back?tab=accounts&amp;status=declined')
    assert.include(end.text(), 'Try again')
    assert.isUndefined(end.header('refresh'))
    assert.lengthOf(await connections(), 0)
    await browser.connect(url, person(), 'nova-hollis')
    assert.lengthOf(await connections(), 1)
  })

  test('the redirect that is sent twice costs one exchange and ends on the same page', async (context) => {
    const { assert } = context
    const { link, visitor, person, tokenRequests } = await scene(context)
    const browser = visitor()
    const back = await browser.consent(await link(), person(), 'nova-hollis')
    await browser.come(back)
    const requests = tokenRequests()
    const end = await browser.come(back)
    assert.include(end.text(), 'Nova Hollis is connected.')
    assert.equal(tokenRequests(), requests)
  })
})

test.group('A connect link, when something is wrong', (group) => {
  group.each.timeout(20_000)

  test('tampered with, unsigned, unknown, expired or withdrawn: one sentence, and nobody is sent away', async (context) => {
    const { assert } = context
    const { link, visitor, organization } = await scene(context)
    const url = await link()
    const { url: other } = (await (await anApiCaller()).post('/connect-links', ask)).body
    const expired = await link()
    await db
      .from('connect_links')
      .where('id', idOf(expired))
      .update({ expires_at: Date.now() - 1 })
    const withdrawn = await link()
    await db.from('connect_links').where('id', idOf(withdrawn)).delete()
    const wrong: [string, number][] = [
      [url.replace(/signature=.../, 'signature=xyz'), 404],
      [url.replace(/\?.*/, ''), 404],
      [url.replace(idOf(url), idOf(String(other))), 404],
      [`${url}&owner=ben`, 404],
      [withdrawn, 404],
      [expired, 410],
    ]
    for (const [address, status] of wrong) {
      for (const answer of [await visitor().get(address), await visitor().press(address)]) {
        assert.equal(answer.status(), status, address)
        assert.include(answer.text(), 'Ask whoever sent it to you')
        assert.notInclude(answer.text(), organization.name)
      }
    }
  })

  test('the redirect serves only the browser that left, once, and not for long', async (context) => {
    const { assert } = context
    const { link, visitor, person, connections, tokenRequests } = await scene(context)
    const url = await link()
    const browser = visitor()
    const back = await browser.consent(url, person(), 'nova-hollis')
    const stolen = await visitor().get(back)
    assert.include(stolen.header('location'), '/login')
    const kept = browser.session.connect as { link_attempts: { startedAt: number }[] }
    const [attempt] = kept.link_attempts
    attempt.startedAt -= 10 * 60_000 + 1
    assert.include((await browser.come(back)).text(), 'That took too long')
    const issuer = new URL(await browser.consent(url, person(), 'nova-hollis'), appUrl)
    issuer.searchParams.set('iss', 'https://evil.example')
    assert.include((await browser.come(issuer.href)).text(), 'does not belong to this attempt')
    const elsewhere = await browser.consent(url, person(), 'nova-hollis')
    const mixed = await browser.come(elsewhere.replace('/sandbox/', '/other/'))
    assert.include(mixed.text(), 'does not belong to this attempt')
    assert.equal(tokenRequests(), 0)
    assert.lengthOf(await connections(), 0)
  })

  test('a provider that is away or no longer set up is told in plain words', async (context) => {
    const { assert } = context
    const { link, visitor, engine } = await scene(context)
    const url = await link()
    const failure = { class: 'unavailable', code: 'http_503', description: 'RAW WORDS', status: 503 } as const
    const resolve = async () => ({ ok: false as const, failure: { ...failure, retryAfter: null } })
    app.container.bindValue('engine', { ...engine, discovery: { ...engine.discovery, resolve } })
    const away = await visitor().press(url)
    away.assertStatus(503)
    assert.include(away.text(), 'Sandbox does not answer at the moment')
    assert.include(away.text(), 'Continue to')
    assert.notInclude(away.text(), 'RAW WORDS')
    app.container.bindValue('engine', engine)
    await db.from('connect_links').update({ provider: 'twitch' })
    for (const answer of [await visitor().get(url), await visitor().press(url)]) {
      answer.assertStatus(409)
      assert.include(answer.text(), 'This link cannot be used now')
    }
  })

  test('while one attempt has the link, another is told to wait', async (context) => {
    const { assert } = context
    const { link, visitor, person, connections, tokenRequests } = await scene(context)
    const url = await link()
    const browser = visitor()
    const back = await browser.consent(url, person(), 'nova-hollis')
    await (await app.container.make('connectLinks')).claim(idOf(url))
    assert.include((await browser.come(back)).text(), 'being used at this very moment')
    assert.equal(tokenRequests(), 0)
    assert.lengthOf(await connections(), 0)
  })

  test('with the account its links are gone', async (context) => {
    const { assert } = context
    const { link, visitor, person, connections } = await scene(context)
    const url = await link()
    await visitor().connect(url, person(), 'nova-hollis')
    const [connection] = await connections()
    await connection.delete()
    assert.equal((await visitor().get(url)).status(), 404)
  })

  test('nobody sees the end of somebody else’s attempt', async (context) => {
    const { link, visitor, person } = await scene(context)
    const url = await link()
    await visitor().connect(url, person(), 'nova-hollis')
    const other = await visitor().get(`/link/${idOf(url)}/done`)
    other.assertStatus(404)
  })
})

const ask = { provider: 'sandbox', owner: 'ana' }

for (const dialect of ['sqlite', 'postgres'] satisfies Dialect[]) {
  test.group(`Connect links on ${dialect}`, (group) => {
    if (dialect === 'postgres' && !postgresUrl) return
    group.each.timeout(20_000)

    test('one attempt has a link at a time, the first account stays, and old links are forgotten', async (context) => {
      const { assert } = context
      const fixture = await engineFixture(dialect, (work) => context.cleanup(work))
      const { clock, all } = fixture
      const driver =
        dialect === 'sqlite'
          ? openSqliteDriver(testDatabaseFile(), clock)
          : openPostgresDriver(postgresUrl ?? '', clock)
      context.cleanup(() => driver.close())
      const links = new ConnectLinks({ driver, clock })
      const [one, two] = [await fixture.connect('one'), await fixture.connect('two')]
      const organizationId = String((await fixture.row(one)).organization_id)
      const made = {
        organizationId,
        provider: 'acme',
        owner: 'ana',
        config: { shop: 'a' },
        createdBy: 'test',
      }
      const link = await links.create({ ...made, connectionId: null, returnUrl: RETURN, lifetime: 60_000 })
      assert.deepEqual(await links.find(link.id), link)
      assert.isNull(await links.find('nonsense'))
      assert.deepEqual(await links.claim(link.id), link)
      assert.isNull(await links.claim(link.id), 'somebody has it')
      await links.settle(link.id, one)
      const bound = { ...link, connectionId: one }
      assert.deepEqual(await links.claim(link.id), bound)
      await links.settle(link.id, two)
      assert.deepEqual(await links.find(link.id), bound)
      await links.claim(link.id)
      clock.advance(3 * 60_000 + 1)
      assert.isNotNull(await links.claim(link.id), 'whoever had it died')
      await links.settle(link.id, '00000000-0000-7000-8000-0000000000ff')
      clock.advance(30 * 24 * 60 * 60_000)
      await links.create({ ...made, connectionId: one, returnUrl: null, lifetime: 60_000 })
      assert.lengthOf(await all('SELECT id FROM connect_links'), 1)
      await fixture.remove(one)
      assert.lengthOf(await all('SELECT id FROM connect_links'), 0)
    })

    test('of letters about one account that are to leave at once, from two processes, one is noted', async (context) => {
      const { assert } = context
      const fixture = await engineFixture(dialect, (work) => context.cleanup(work))
      const { clock } = fixture
      const processes = [openDriver(dialect, clock), openDriver(dialect, clock)].map((driver) => {
        context.cleanup(() => driver.close())
        return new ConnectLinks({ driver, clock })
      })
      const [one, two] = [await fixture.connect('one'), await fixture.connect('two')]
      const organizationId = String((await fixture.row(one)).organization_id)
      const about = { organizationId, provider: 'acme', owner: 'ana', config: {}, createdBy: 'test' }
      const link = (connectionId: string) =>
        processes[0].create({ ...about, connectionId, returnUrl: null, lifetime: 3_600_000 })
      const at = clock.now()
      const note = async (links: ConnectLinks, connectionId: string, to: string, since: number) =>
        links.noteLetter((await link(connectionId)).id, connectionId, { to, at: clock.now() }, since)
      const noted = await Promise.all(
        Array.from({ length: 8 }, (_, index) => note(processes[index % 2], one, `${index}`, at - 60_000))
      )
      assert.lengthOf(
        noted.filter((earlier) => earlier === null),
        1
      )
      assert.isNull(await note(processes[0], two, 'b', at - 60_000), 'another account')
      clock.advance(60_001)
      assert.isNull(await note(processes[1], one, 'later', clock.now() - 60_000))
      assert.equal((await processes[0].lastLetter(one, at))?.to, 'later')
      const taken = await link(two)
      clock.advance(1)
      assert.isNull(
        await processes[0].noteLetter(taken.id, two, { to: 'c', at: clock.now() }, clock.now() - 1)
      )
      await processes[0].forgetLetter(taken.id)
      assert.equal((await processes[0].lastLetter(two, at - 60_000))?.to, 'b')
    })
  })
}
