import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import Connection from '#models/connection'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

const UNKNOWN = '01a1fc8e-d19e-714a-a81b-0478fb709bf6'
const PAGES = [
  '/',
  '/accounts',
  '/accounts/connect',
  '/providers',
  '/providers/new',
  '/runs',
  `/runs/${UNKNOWN}`,
  '/activity',
  '/schedule',
  '/campaigns',
  '/campaigns/new',
  `/campaigns/${UNKNOWN}`,
  '/streamer',
  `/accounts/${UNKNOWN}`,
  `/accounts/${UNKNOWN}/reconnect`,
  '/pulse',
]
const ACTIONS = ['refresh', 'pause', 'resume', 'reactivate', 'disconnect']

test.group('Pages: who may see them', (group) => {
  group.each.setup(() => emptyTables())

  test('{$self} asks a stranger to sign in and remembers the way')
    .with(PAGES)
    .run(async ({ client, assert }, page) => {
      const response = await client.get(page).redirects(0).header('Accept', 'text/html')
      response.assertStatus(302)
      const target = new URL(response.header('location')!, 'http://ours.example')
      assert.equal(target.pathname, '/login')
      assert.equal(target.searchParams.get('return_to'), page === '/' ? null : page)
    })

  test('a program gets a problem instead of a redirect', async ({ client, assert }) => {
    const response = await client.get('/accounts').header('Accept', 'application/json')
    response.assertStatus(401)
    assert.include(response.header('content-type'), 'application/problem+json')
    assert.equal(JSON.parse(response.text()).code, 'unauthenticated')
  })

  test('a person with the role {$self} is refused')
    .with(['game_master', 'streamer'] as const)
    .run(async ({ client }, role) => {
      const { user } = await aPerson(role)
      const response = await client.get('/accounts').loginAs(user).header('Accept', 'text/html')
      response.assertStatus(403)
    })

  test('a person without an organization is refused', async ({ client }) => {
    const { user } = await aPerson(null)
    const response = await client.get('/accounts').loginAs(user).header('Accept', 'text/html')
    response.assertStatus(403)
    response.assertTextIncludes('You do not belong to an organization yet')
  })

  test('a viewer reads, but each action is refused and its button disabled', async ({ client, assert }) => {
    const { user, organization } = await aPerson('viewer')
    const { id } = await aConnection(organization)
    const page = await client.get(`/accounts/${id}`).loginAs(user)
    page.assertStatus(200)
    assert.notMatch(page.text(), /<button\s+class="button"\s+data-busy/)
    for (const action of ACTIONS) {
      const response = await client
        .post(`/accounts/${id}/${action}`)
        .loginAs(user)
        .withCsrfToken()
        .redirects(0)
      response.assertStatus(403)
    }
    assert.isNull((await Connection.findOrFail(id)).pausedAt)
  })

  test('an account of another organization does not exist here', async ({ client, assert }) => {
    const { user } = await aPerson()
    const { organization } = await aPerson()
    const foreign = await aConnection(organization, { displayName: 'Somebody else' })
    const page = await client.get(`/accounts/${foreign.id}`).loginAs(user).header('Accept', 'text/html')
    page.assertStatus(404)
    const list = await client.get('/accounts?q=Somebody').loginAs(user)
    assert.notInclude(list.text(), foreign.id)
    for (const action of ACTIONS) {
      const response = await client.post(`/accounts/${foreign.id}/${action}`).loginAs(user).withCsrfToken()
      response.assertStatus(404)
    }
  })

  test('a malformed id is not found, and an unknown address neither', async ({ client }) => {
    const { user } = await aPerson()
    for (const path of ["/accounts/1'%20OR%201=1", '/accounts/%00', '/nothing/here']) {
      const response = await client.get(path).loginAs(user).header('Accept', 'text/html')
      response.assertStatus(404)
    }
  })
})

test.group('Pages: what they show', (group) => {
  group.each.setup(() => emptyTables())

  test('names are escaped, and no token or ciphertext is in any page', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const hostile = '<script>alert(1)</script>"onmouseover="x'
    const { id } = await aConnection(organization, { displayName: hostile, tags: [hostile], owner: hostile })
    for (const page of ['/accounts', `/accounts/${id}`, '/accounts/connect']) {
      const text = (await client.get(page).loginAs(user)).text()
      assert.notInclude(text, '<script>alert(1)')
      assert.notInclude(text, '"onmouseover="')
      assert.notMatch(text, /SEALED|0123456789abcdef/)
    }
  })

  test('filters and search narrow the list and stand in the URL', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const createdAt = DateTime.utc().minus({ minutes: 1 })
    const dead = { status: 'needs_reauth', isActive: false }
    await aConnection(organization, { displayName: 'Ana 100%', createdAt, ...dead })
    await aConnection(organization, { displayName: 'Bea', provider: 'elsewhere' })
    const names = async (query: string) => {
      const text = (await client.get(`/accounts?${query}`).loginAs(user)).text()
      return [...text.matchAll(/class="account-link"[^>]*>([^<]*)</g)].map(([, name]) => name.trim())
    }
    assert.deepEqual(await names(''), ['Bea', 'Ana 100%'])
    assert.deepEqual(await names('status=reconnect'), ['Ana 100%'])
    assert.deepEqual(await names('provider=elsewhere'), ['Bea'])
    assert.deepEqual(await names('q=100%25'), ['Ana 100%'])
    assert.deepEqual(await names('q=10_%25'), [])
    assert.deepEqual(await names('status=nonsense&cursor=nonsense'), ['Bea', 'Ana 100%'])
  })

  test('pages of fifty, forth and back, without gap or repetition', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const createdAt = DateTime.utc()
    for (let index = 0; index < 120; index++) await aConnection(organization, { createdAt })
    const ids = (text: string) => [...text.matchAll(/id="account-([0-9a-f-]{36})"/g)].map(([, id]) => id)
    const link = (text: string, rel: string) =>
      new RegExp(`href="([^"]*)"\\s+rel="${rel}"`).exec(text)?.[1].replaceAll('&amp;', '&')
    const read = async (path: string) => (await client.get(path).loginAs(user)).text()
    const first = await read('/accounts')
    const second = await read(link(first, 'next')!)
    const third = await read(link(second, 'next')!)
    assert.deepEqual(
      [first, second, third].map((page) => ids(page).length),
      [50, 50, 20]
    )
    assert.lengthOf(new Set([first, second, third].flatMap(ids)), 120)
    assert.isUndefined(link(third, 'next'))
    const back = await read(link(third, 'prev')!)
    assert.deepEqual(ids(back), ids(second))
    assert.deepEqual(ids(await read(link(back, 'prev')!)), ids(first))
  })

  test('a poll gets 304 until something changes, with the heartbeat', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const connection = await aConnection(organization)
    for (const page of ['/accounts', `/accounts/${connection.id}`]) {
      const first = await client.get(page).loginAs(user)
      const etag = first.header('etag')!
      assert.include(first.text(), etag.replaceAll('"', '&quot;'))
      const poll = () => client.get(page).loginAs(user).header('If-None-Match', etag)
      const same = await poll()
      same.assertStatus(304)
      assert.match(same.header('x-scheduler')!, /^never;0$/)
      await connection.merge({ displayName: `${connection.displayName}!` }).save()
      ;(await poll()).assertStatus(200)
    }
  })

  test('an action answers with a message on the account page', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const { id } = await aConnection(organization)
    const response = await client.post(`/accounts/${id}/pause`).loginAs(user).withCsrfToken()
    response.assertTextIncludes('Paused. Nothing refreshes this account')
    assert.isNotNull((await Connection.findOrFail(id)).pausedAt)
    const resumed = await client.post(`/accounts/${id}/resume`).loginAs(user).withCsrfToken()
    resumed.assertTextIncludes('Resumed.')
  })
})

test.group('Pages without the shell', (group) => {
  group.each.setup(() => emptyTables())

  test('offer their languages, and are there again in the chosen one', async ({ client, assert }) => {
    const page = await client.get('/login').header('Accept', 'text/html')
    assert.match(page.text(), /name="return_to" value="\/login"[\s\S]*name="language"\s+value="fr"/)
    const form = { language: 'fr', return_to: '/login' }
    const chosen = await client.post('/language').form(form).withCsrfToken().redirects(0)
    chosen.assertStatus(303)
    assert.equal(chosen.header('location'), '/login')
    assert.match(String(chosen.header('set-cookie')), /\blanguage=fr;/)
  })

  test('offer none where there is no page to come back to', async ({ client, assert }) => {
    const page = await client.get('/nothing').header('Accept', 'text/html')
    page.assertStatus(404)
    assert.notInclude(page.text(), 'name="language"')
  })
})
