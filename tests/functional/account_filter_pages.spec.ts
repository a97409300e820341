import { test } from '@japa/runner'
import { accountName } from '#transformers/account_name'
import db from '@adonisjs/lucid/services/db'
import Connection from '#models/connection'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

const names = (text: string) =>
  [...text.matchAll(/class="account-link"[^>]*>([^<]*)</g)].map(([, name]) => name.trim())

const chips = (text: string) =>
  [...text.matchAll(/class="chip" href="([^"]*)">\s*<span class="chip-text" dir="auto">([^<]*)</g)].map(
    ([, href, label]) => [label, href.replaceAll('&amp;', '&')]
  )

test.group('The search of the accounts page', (group) => {
  group.each.setup(() => emptyTables())

  test('qualifiers narrow the list, chips mirror them, and each can be taken off', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    await aConnection(organization, { displayName: 'Ana', tags: ['vip'], owner: 'ana' })
    await aConnection(organization, { displayName: 'Bea', tags: ['vip'], status: 'needs_reauth' })
    await aConnection(organization, { displayName: 'Cleo' })
    const read = async (q: string, more = '') =>
      (await client.get(`/accounts?q=${encodeURIComponent(q)}${more}`).loginAs(user)).text()
    assert.deepEqual(names(await read('tag:vip')), ['Bea', 'Ana'])
    assert.deepEqual(names(await read('tag:vip status:reconnect')), ['Bea'])
    assert.deepEqual(names(await read('tag:vip', '&status=healthy')), ['Ana'])
    assert.deepEqual(names(await read('owner:ana')), ['Ana'])
    assert.deepEqual(chips(await read('tag:vip clEo', '&status=healthy')), [
      ['Status: Healthy', '/accounts?q=tag%3Avip+clEo'],
      ['tag:vip', '/accounts?status=healthy&q=clEo'],
      ['Search: clEo', '/accounts?status=healthy&q=tag%3Avip'],
    ])
  })

  test('a search that is not understood is kept, with a sentence beside it, and the list stays', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    await aConnection(organization, { displayName: 'Ana' })
    const typed = 'tga:vip "Ana'
    const response = await client.get(`/accounts?q=${encodeURIComponent('stauts:vip')}`).loginAs(user)
    const text = response.text()
    assert.match(
      text,
      /id="q-problem"[^]*There is no qualifier &quot;stauts&quot;; did you mean &quot;status&quot;\?/
    )
    assert.match(text, /value="stauts:vip"[^>]*aria-invalid="true"/)
    assert.include(text, 'aria-describedby="q-problem"')
    assert.deepEqual(names(text), ['Ana'])
    const open = (await client.get(`/accounts?q=${encodeURIComponent(typed)}`).loginAs(user)).text()
    assert.include(open, 'value="tga:vip &quot;Ana"')
  })

  test('nothing is offered for what matches a search that was refused', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    await aConnection(organization, { displayName: 'Ana' })
    const read = async (q: string) =>
      (await client.get(`/accounts?q=${encodeURIComponent(q)}`).loginAs(user)).text()
    const offers = ['Refresh all matching', '/accounts/export', 'Save this view', 'class="chip"']
    const [taken, refused] = [await read('tag:vip Ana'), await read('provider:nope')]
    for (const offer of offers) assert.notInclude(refused, offer)
    const found = await read('provider:twitch Ana')
    for (const offer of offers) assert.include(found, offer)
    assert.notInclude(taken, 'disabled')
  })

  test('a field of the filter shows what the search says of it', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    await aConnection(organization)
    const q = encodeURIComponent('status:reconnect provider:twitch')
    const text = (await client.get(`/accounts?q=${q}`).loginAs(user)).text()
    const shown = (id: string) =>
      new RegExp(`id="${id}"[^>]*disabled[^>]*>\\s*<option value="">([^<]*)<`).exec(text)
    assert.equal(shown('filter-status')?.[1], 'Reconnect needed')
    assert.equal(shown('filter-provider')?.[1], 'Twitch')
  })

  test('nothing is refreshed by a search that is not understood', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    await aConnection(organization)
    const response = await client
      .post('/accounts/refresh')
      .form({ q: 'tga:vip' })
      .redirects(0)
      .loginAs(user)
      .withCsrfToken()
    response.assertStatus(303)
    assert.equal(response.header('location'), '/accounts?q=tga%3Avip')
    assert.lengthOf(await db.from('runs'), 0)
  })

  test('saved views are links, and the one that is open is marked', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    await aConnection(organization)
    const text = (await client.get('/accounts?q=status%3Apaused').loginAs(user)).text()
    const views = [...text.matchAll(/class="tab"\s+href="([^"]*)"([^>]*)>\s*([^<]*?)\s*</g)]
    assert.deepEqual(
      views.map(([, href, marks, label]) => [label, href, marks.includes('aria-current')]),
      [
        ['All', '/accounts', false],
        ['Needs action', '/accounts?q=status%3Areconnect', false],
        ['Due soon', '/accounts?q=expires%3A%3C1h', false],
        ['Paused', '/accounts?q=status%3Apaused', true],
        ['Mine', `/accounts?q=owner%3A${encodeURIComponent(user.email)}`, false],
      ]
    )
  })
})

test.group('Disconnecting on the account page', (group) => {
  group.each.setup(() => emptyTables())

  test('an operator disconnects; a viewer sees no such button and is refused', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const { user: viewer } = await aPerson('viewer', organization)
    const connection = await aConnection(organization, { tokenType: 'static', refreshToken: null })
    const { id } = connection
    const form = { name: accountName(connection) }
    const page = (await client.get(`/accounts/${id}?tab=settings`).loginAs(user)).text()
    assert.include(page, `action="/accounts/${id}/disconnect"`)
    assert.notInclude(
      (await client.get(`/accounts/${id}?tab=settings`).loginAs(viewer)).text(),
      '/disconnect"'
    )
    const refused = await client.post(`/accounts/${id}/disconnect`).form(form).loginAs(viewer).withCsrfToken()
    refused.assertStatus(403)
    assert.equal((await Connection.findOrFail(id)).status, 'connected')
    const done = await client.post(`/accounts/${id}/disconnect`).form(form).loginAs(user).withCsrfToken()
    done.assertTextIncludes('Disconnected. There was no token to end.')
    assert.notInclude(done.text(), '/disconnect"')
    const row = await Connection.findOrFail(id)
    assert.equal(row.status, 'disconnected')
    assert.isNull(row.accessToken)
  })

  test('one whose token comes from another account is refused with a sentence', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    const parent = await aConnection(organization)
    const child = await aConnection(organization, { parentId: parent.id })
    const { id } = child
    const name = accountName(child)
    const response = await client
      .post(`/accounts/${id}/disconnect`)
      .form({ name })
      .loginAs(user)
      .withCsrfToken()
    response.assertTextIncludes('Its token comes from another account.')
    assert.equal((await Connection.findOrFail(id)).status, 'connected')
  })
})
