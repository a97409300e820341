import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { aCast } from '#tests/helpers/campaign_people'
import { emptyTables } from '#tests/helpers/database'
import { aMatter } from '#tests/helpers/notification_rows'
import { aConnection, aPerson } from '#tests/helpers/people'

const idsIn = (text: string) => [...text.matchAll(/id="matter-([0-9a-f-]{36})"/g)].map(([, id]) => id)

const railCount = (text: string) => /id="unread-count"[^>]*>\s*([0-9+]+)/.exec(text)?.[1]

test.group('Inbox page', (group) => {
  group.each.setup(() => emptyTables())

  test('a {$self} has one, empty at first, with its count in the rail of every page')
    .with(['admin', 'operator', 'viewer', 'game_master', 'streamer'] as const)
    .run(async ({ client, assert }, role) => {
      const { user, organization } = await aPerson(role)
      const empty = await client.get('/inbox').loginAs(user)
      assert.include(empty.text(), 'Nothing has happened that you should know of')
      assert.match(empty.text(), /id="unread-count"[^>]*hidden/)
      await aMatter(user, organization)
      const page = await client.get('/inbox').loginAs(user)
      assert.lengthOf(idsIn(page.text()), 1)
      const elsewhere = await client.get('/alerts').loginAs(user)
      assert.equal(railCount(elsewhere.text()), '1')
      assert.match(elsewhere.text(), /<span class="sr-only">unread<\/span>/)
    })

  test('shows nobody else’s matters, nor those of another organization; their ids do not exist', async ({
    client,
    assert,
  }) => {
    const { organization, people } = await aCast()
    const stranger = await aPerson()
    const theirs = await aMatter(people.operator, organization)
    const elsewhere = await aMatter(stranger.user, stranger.organization)
    assert.deepEqual(idsIn((await client.get('/inbox').loginAs(people.admin)).text()), [])
    for (const id of [theirs, elsewhere, 'no-id']) {
      const open = client.get(`/inbox/${id}/open`).loginAs(people.admin).header('Accept', 'text/html')
      ;(await open).assertStatus(404)
      const read = client.post(`/inbox/${id}/read`).loginAs(people.admin).header('Accept', 'text/html')
      ;(await read.withCsrfToken()).assertStatus(404)
    }
    assert.lengthOf(await db.from('notifications').whereNotNull('read_at'), 0)
  })

  test('names accounts, with links for staff and without them for others', async ({ client, assert }) => {
    const { organization, people } = await aCast()
    const connections = []
    for (let index = 0; index < 12; index++) {
      const displayName = `Channel ${index}`
      connections.push(await aConnection(organization, { displayName }))
    }
    for (const user of [people.admin, people.streamer]) await aMatter(user, organization, { connections })
    const staff = (await client.get('/inbox').loginAs(people.admin)).text()
    assert.include(staff, '12 accounts:')
    assert.match(staff, /href="\/accounts\/[0-9a-f-]{36}"[^>]*>Channel \d/)
    assert.match(staff, /and 4 more/)
    const person = (await client.get('/inbox').loginAs(people.streamer)).text()
    assert.include(person, '12 accounts:')
    assert.notMatch(person, /href="\/accounts\//)
  })

  test('says severity and unread in words, and which matters are over', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const read = await aMatter(user, organization, { severity: 'high', read: true, resolved: true })
    const fresh = await aMatter(user, organization, { severity: 'urgent', ago: 1_000 })
    const text = (await client.get('/inbox').loginAs(user)).text()
    assert.deepEqual(idsIn(text), [fresh, read])
    const [first, second] = text.split('<article').slice(1)
    assert.match(first, /matter-new">New<[\s\S]*Urgent/)
    assert.notInclude(second, 'matter-new')
    assert.match(second, /High[\s\S]*Resolved/)
    const unread = (await client.get('/inbox?show=unread').loginAs(user)).text()
    assert.deepEqual(idsIn(unread), [fresh])
  })

  test('one is marked as read where it stands, then all of them', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const [one] = [await aMatter(user, organization), await aMatter(user, organization)]
    const form = { return_to: '/inbox?show=unread' }
    const read = await client.post(`/inbox/${one}/read`).form(form).loginAs(user).withCsrfToken().redirects(0)
    read.assertStatus(303)
    read.assertHeader('location', '/inbox?show=unread')
    assert.equal(railCount((await client.get('/inbox').loginAs(user)).text()), '1')
    await client.post('/inbox/read').loginAs(user).withCsrfToken()
    assert.lengthOf(await db.from('notifications').whereNull('read_at'), 0)
    const without = await client.post('/inbox/read').loginAs(user).redirects(0)
    without.assertStatus(419)
  })

  test('the button leads to the page where one acts, and marks the matter as read', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    const connection = await aConnection(organization, { displayName: 'Ana' })
    const id = await aMatter(user, organization, { connections: [connection] })
    const opened = await client.get(`/inbox/${id}/open`).loginAs(user).redirects(0)
    opened.assertStatus(303)
    assert.match(opened.header('location') ?? '', new RegExp(`^/accounts/${connection.id}`))
    assert.lengthOf(await db.from('notifications').whereNull('read_at'), 0)
  })

  test('leads a streamer to reconnect the own channel, and nobody else to somebody’s', async ({
    client,
    assert,
  }) => {
    const { organization, people } = await aCast()
    const connection = await aConnection(organization, { ownerUserId: people.streamer.id })
    const whereTo = async (user: typeof people.streamer) => {
      const id = await aMatter(user, organization, { connections: [connection] })
      return (await client.get(`/inbox/${id}/open`).loginAs(user).redirects(0)).header('location')
    }
    assert.include(await whereTo(people.streamer), `/accounts/${connection.id}/reconnect`)
    assert.notInclude(await whereTo(people.game_master), 'reconnect')
  })

  test('is written in the person’s language', async ({ client, assert }) => {
    const { user, organization } = await aPerson('streamer')
    await db.from('users').where('id', user.id).update({ locale: 'ja' })
    await aMatter(user, organization, { connections: [await aConnection(organization)] })
    const text = (await client.get('/inbox').loginAs(user)).text()
    assert.match(text, /lang="ja"[^>]*>[^<]*[\u3040-\u30ff\u4e00-\u9fff]/)
  })

  test('a poll gets 304 until something happens, on this page and on any other', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    for (const page of ['/inbox', '/accounts', '/pulse']) {
      const first = await client.get(page).loginAs(user)
      const poll = () => client.get(page).loginAs(user).header('If-None-Match', first.header('etag')!)
      ;(await poll()).assertStatus(304)
      await aMatter(user, organization)
      ;(await poll()).assertStatus(200)
    }
    assert.equal(railCount((await client.get('/accounts').loginAs(user)).text()), '3')
  })

  test('comes in pages, newest first', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const ids: string[] = []
    for (let index = 0; index < 33; index++)
      ids.unshift(await aMatter(user, organization, { ago: 100_000 - index * 1_000 }))
    const first = (await client.get('/inbox').loginAs(user)).text()
    const next = /href="([^"]*)"\s+rel="next"/.exec(first)?.[1].replaceAll('&amp;', '&') ?? ''
    const second = (await client.get(next).loginAs(user)).text()
    assert.deepEqual([...idsIn(first), ...idsIn(second)], ids)
    assert.match(second, /rel="prev"/)
  })

  test('names are escaped, and no provider’s own words reach a streamer', async ({ client, assert }) => {
    const { organization, people } = await aCast()
    const displayName = '<script>alert(1)</script>"onmouseover="x'
    const connection = await aConnection(organization, { displayName })
    const data = { cause: 'rejected', description: 'Refresh token is RAW-TEXT' }
    for (const user of [people.admin, people.streamer]) {
      await aMatter(user, organization, { connections: [connection], data })
      const text = (await client.get('/inbox').loginAs(user)).text()
      assert.notInclude(text, '<script>alert(1)')
      assert.notInclude(text, '"onmouseover="')
      if (user === people.streamer) assert.notInclude(text, 'RAW-TEXT')
    }
  })
})
