/** The list of accounts as a page. */
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import type { ApiClient } from '@japa/api-client'
import Connection from '#models/connection'
import type User from '#models/user'
import { MOST_VIEWS } from '#services/saved_views'
import { listViewForm, printListView, readListView } from '#validators/list_view'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

const read = async (client: ApiClient, user: User, path: string, cookie?: string) => {
  const request = client.get(path).loginAs(user)
  return (await (cookie ? request.header('cookie', cookie) : request)).text()
}
const names = (text: string) =>
  [...text.matchAll(/class="account-link"[^>]*>([^<]*)</g)].map(([, name]) => name.trim())
const decode = (text: string) =>
  text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&lt;', '<')

test.group('The list of accounts', (group) => {
  group.each.setup(() => emptyTables())

  test('a head sorts, and says how the list is sorted', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    for (const displayName of ['Cem', 'ana', 'Bea']) await aConnection(organization, { displayName })
    const sorted = await read(client, user, '/accounts?sort=name')
    assert.deepEqual(names(sorted), ['ana', 'Bea', 'Cem'])
    assert.match(sorted, /aria-sort="ascending"\s*>\s*<a\s+class="sort"\s+href="[^"]*sort=-name"/)
    assert.include(sorted, 'name="sort" value="name"')
    assert.deepEqual(names(await read(client, user, '/accounts?sort=-name')), ['Cem', 'Bea', 'ana'])
    assert.deepEqual(names(await read(client, user, '/accounts?sort=nonsense')), ['Bea', 'ana', 'Cem'])
  })

  test('columns and row height are remembered in this browser', async ({ client, assert }) => {
    const { user, organization } = await aPerson('viewer')
    await aConnection(organization, { tags: ['vip'] })
    const answer = await client
      .post('/accounts/view')
      .form({ columns: ['expiry', 'owner', 'nonsense'], density: 'dense', return_to: '/accounts?q=vip' })
      .loginAs(user)
      .withCsrfToken()
      .redirects(0)
    assert.equal(answer.header('location'), '/accounts?q=vip')
    assert.match(String(answer.header('set-cookie')), /accounts_view=dense\.expiry-owner;/)
  })

  test('a view that makes no sense is the usual one', ({ assert }) => {
    const usual = readListView(undefined)
    assert.isTrue(usual.columns.strip)
    assert.isFalse(usual.dense)
    for (const nonsense of ['', 'dense', '{"a":1}', 'dense.expiry.owner', 7])
      assert.deepEqual(readListView(nonsense), usual)
    const chosen = listViewForm({ columns: ['expiry', 'owner'], density: 'dense' })
    assert.deepEqual(readListView(printListView(chosen)), chosen)
    assert.isFalse(chosen.columns.strip)
    const none = listViewForm({})
    assert.deepEqual(readListView(printListView(none)), none)
  })

  test('a poll gets the accounts that are on the screen, and how many would be others', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const ana = await aConnection(organization, { displayName: 'Ana', tags: ['vip'] })
    const bea = await aConnection(organization, { displayName: 'Bea', tags: ['vip'] })
    const first = await client.get('/accounts?q=tag:vip').loginAs(user)
    const source = decode(/up-source="([^"]*)"/.exec(first.text())![1])
    const poll = () => client.get(source).loginAs(user).header('If-None-Match', first.header('etag')!)
    ;(await poll()).assertStatus(304)
    await Connection.query().where('id', ana.id).update({ tags: '[]', display_name: 'Anna' })
    await aConnection(organization, { displayName: 'Cem', tags: ['vip'] })
    const changed = await poll()
    changed.assertStatus(200)
    assert.deepEqual(names(changed.text()), ['Bea', 'Anna'])
    assert.include(changed.text(), '1 change · show')
    await bea.delete()
    const gone = await poll()
    gone.assertTextIncludes('This account is not here any more.')
    assert.deepEqual(names(await read(client, user, '/accounts?q=tag:vip')), ['Cem'])
  })

  test('a poll names only accounts of the own organization', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    await aConnection(organization, { displayName: 'Ana' })
    const { organization: other } = await aPerson()
    const foreign = await aConnection(other, { displayName: 'Foreign' })
    const text = await read(client, user, `/accounts?shown=${foreign.id}`)
    assert.notInclude(text, 'Foreign')
    assert.include(text, 'This account is not here any more.')
  })

  test('where nothing matches, each condition says how many it leaves out', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    await aConnection(organization, { displayName: 'Ana', tags: ['vip'] })
    await aConnection(organization, { displayName: 'Bea' })
    const text = await read(client, user, '/accounts?q=tag:vip+bea&status=healthy')
    const without = [
      ...text.matchAll(
        /chip-without"[^>]*>\s*<span[^>]*>\s*([^<]*?)\s*<\/span>\s*<span class="num chip-count">(\d+)/g
      ),
    ]
    assert.deepEqual(
      without.map(([, condition, count]) => [condition, count]),
      [
        ['Without Status: Healthy', '0'],
        ['Without tag:vip', '1'],
        ['Without Search: bea', '1'],
      ]
    )
  })

  test('the page speaks French and Japanese, problems of the search included', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    await aConnection(organization)
    const inLanguage = async (language: string) =>
      (await client.get('/accounts?q=stauts:vip').loginAs(user).header('Accept-Language', language)).text()
    const french = await inLanguage('fr')
    assert.include(french, 'Expiration du jeton')
    assert.match(french, /vouliez-vous dire «.status.»/s)
    const japanese = await inLanguage('ja')
    assert.include(japanese, 'トークンの期限')
    assert.include(japanese, '「status」のことですか？')
  })
})

test.group('Saved views', (group) => {
  group.each.setup(() => emptyTables())
  const post = (client: ApiClient, user: User, path: string, form: Record<string, string> = {}) =>
    client.post(path).form(form).loginAs(user).withCsrfToken()

  test('are kept with their order, renamed and removed, each by the person whose they are', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('viewer')
    const { user: other } = await aPerson('admin', organization)
    await aConnection(organization)
    const view = { name: 'Rotten <b>', q: 'status:reconnect', sort: '-expires' }
    const saved = await post(client, user, '/accounts/views', view)
    saved.assertTextIncludes('The view “Rotten &lt;b&gt;” is saved.')
    const tab = /href="\/accounts\?q=status%3Areconnect&amp;sort=-expires"\s+aria-current="page"/
    assert.match(saved.text(), tab)
    const { id } = await db.from('saved_views').first()
    assert.notInclude(await read(client, other, '/accounts'), 'Rotten')
    ;(await post(client, other, `/accounts/views/${id}`, { name: 'Mine' })).assertStatus(404)
    ;(await post(client, other, `/accounts/views/${id}/remove`)).assertStatus(404)
    const renamed = await post(client, user, `/accounts/views/${id}`, { name: 'Dead' })
    renamed.assertTextIncludes('The view is called “Dead” now.')
    ;(await post(client, user, `/accounts/views/${id}/remove`)).assertTextIncludes('is removed.')
    assert.lengthOf(await db.from('saved_views'), 0)
  })

  test('a name that is missing, taken or one too many is refused beside the field', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    await aConnection(organization)
    const keep = (name: string, q = 'owner:ana') => post(client, user, '/accounts/views', { name, q })
    await keep('Ana')
    const refusals: Record<string, string> = {
      '': 'Give it a name of at most 64 characters.',
      'Ana': 'You have a view of this name already.',
    }
    for (const [name, sentence] of Object.entries(refusals)) {
      const refused = await keep(name, 'owner:bea')
      refused.assertTextIncludes(sentence)
      refused.assertTextIncludes(`value="${name}"`)
      assert.lengthOf(await db.from('saved_views'), 1, sentence)
    }
    for (let count = 1; count < MOST_VIEWS; count++) await keep(`View ${count}`, 'owner:bea')
    ;(await keep('One too many', 'owner:cem')).assertTextIncludes('You have 20 views already.')
    assert.lengthOf(await db.from('saved_views'), MOST_VIEWS)
  })
})

test.group('Export and suggestions', (group) => {
  group.each.setup(() => emptyTables())

  test('a file has what matches, no secret, and no formula', async ({ client, assert }) => {
    const { user, organization } = await aPerson('viewer')
    await aConnection(organization, { displayName: '=HYPERLINK("x")', owner: '+1,2', tags: ['vip'] })
    await aConnection(organization, { displayName: 'Bea' })
    const { organization: other } = await aPerson()
    await aConnection(other, { displayName: 'Foreign', tags: ['vip'] })
    const csv = await client.get('/accounts/export?format=csv&q=tag:vip').loginAs(user)
    assert.match(csv.header('content-disposition')!, /attachment; filename="accounts-[\d-]+\.csv"/)
    const lines = csv.text().trim().split('\r\n')
    assert.lengthOf(lines, 2)
    assert.include(lines[1], `"'+1,2"`)
    assert.include(lines[1], `"'=HYPERLINK(""x"")"`)
    const json = await client.get('/accounts/export?format=json&provider=twitch').loginAs(user)
    const found = JSON.parse(json.text()) as { display_name: string }[]
    assert.sameMembers(
      found.map(({ display_name: name }) => name),
      ['=HYPERLINK("x")', 'Bea']
    )
    for (const file of [csv, json]) assert.notMatch(file.text(), /SEALED|0123456789abcdef|Foreign/)
    const entry = await db.from('audit_events').where('action', 'connection.export').first()
    assert.equal(entry.outcome, 'done')
  })

  test('a search that is not understood exports nothing', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    await aConnection(organization)
    const answer = await client.get('/accounts/export?q=tga:vip').loginAs(user).redirects(0)
    assert.equal(answer.header('location'), '/accounts?q=tga%3Avip')
  })

  test('suggestions go on with what is being written, from the own organization', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('viewer')
    await aConnection(organization, { tags: ['vip guest'], owner: 'ana' })
    const { organization: other } = await aPerson()
    await aConnection(other, { tags: ['foreign'], owner: 'anton' })
    const ask = async (q: string) => {
      const text = await read(client, user, `/accounts/suggestions?q=${encodeURIComponent(q)}`)
      return [...text.matchAll(/data-text="([^"]*)"/g)].map(([, one]) => decode(one))
    }
    assert.deepEqual(await ask('ana st'), ['ana status:'])
    assert.deepEqual(
      await ask('status:re'),
      ['status:reconnect ', 'status:retrying ', 'status:refreshing '].filter((one) =>
        one.startsWith('status:re')
      )
    )
    assert.deepEqual(await ask('owner:an'), ['owner:ana '])
    assert.deepEqual(await ask('tag:'), ['tag:"vip guest" '])
    assert.deepEqual(await ask('expires:<2'), ['expires:<24h '])
    assert.deepEqual(await ask('nothing:x'), [])
    const { user: streamer } = await aPerson('streamer', organization)
    ;(await client.get('/accounts/suggestions?q=tag:').loginAs(streamer)).assertStatus(403)
  })
})
