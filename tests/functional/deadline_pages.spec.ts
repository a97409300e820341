import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

const inDays = (days: number) => DateTime.utc().plus({ days, minutes: 5 })
const words = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')

test.group('Pages: grants that end, and derived accounts', (group) => {
  group.each.setup(() => emptyTables())

  test('the list names the accounts whose grant ends within two weeks, the most urgent first', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    await aConnection(organization, { displayName: 'Later', grantExpiresAt: inDays(13) })
    await aConnection(organization, { displayName: 'Sooner', grantExpiresAt: inDays(2) })
    await aConnection(organization, { displayName: 'Far', grantExpiresAt: inDays(15) })
    await aConnection(organization, {
      displayName: 'Paused',
      grantExpiresAt: inDays(2),
      pausedAt: inDays(-1),
    })
    const page = await client.get('/accounts').loginAs(user)
    page.assertStatus(200)
    const line = words(/class="notice" data-tone="warn"[\s\S]*?<\/div>/.exec(page.text())?.[0] ?? '')
    assert.include(line, '2 accounts have to be reconnected within 14 days')
    assert.match(line, /Sooner 2 d.*Later 13 d/)
    assert.notMatch(line, /Far|Paused/)
    assert.lengthOf(page.text().match(/class="ends-soon"/g) ?? [], 3)
  })

  test('where no grant ends soon, nothing is said', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    await aConnection(organization)
    const page = await client.get('/accounts').loginAs(user)
    assert.notInclude(page.text(), 'to be reconnected')
  })

  test('accounts of another organization are not counted', async ({ client, assert }) => {
    const { user } = await aPerson('operator')
    const other = await aPerson('operator')
    await aConnection(other.organization, { grantExpiresAt: inDays(2) })
    const page = await client.get('/accounts').loginAs(user)
    assert.notInclude(page.text(), 'to be reconnected')
  })

  test('an account page asks for a reconnect in time', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const { id } = await aConnection(organization, { grantExpiresAt: inDays(6) })
    const page = words((await client.get(`/accounts/${id}`).loginAs(user)).text())
    assert.include(page, 'Reconnect the account before the deadline.')
  })

  test('a token that was not extended is explained', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const values = { statusReason: 'not_extended', grantExpiresAt: inDays(5), tokenExpiresAt: inDays(5) }
    const { id } = await aConnection(organization, values)
    const page = words((await client.get(`/accounts/${id}`).loginAs(user)).text())
    assert.include(page, 'the token lives no longer than before')
  })

  test('a derived account whose parent needs a person points at it', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const parent = await aConnection(organization, {
      displayName: 'The Parent',
      status: 'needs_reauth',
      isActive: false,
    })
    const values = { parentId: parent.id, refreshToken: null, tokenExpiresAt: null, nextRefreshAt: null }
    const child = await aConnection(organization, values)
    const html = (await client.get(`/accounts/${child.id}`).loginAs(user)).text()
    assert.include(words(html), 'comes from another account, The Parent, which has to be reconnected')
    assert.include(html, `href="/accounts/${parent.id}"`)
    assert.include(html, `start?reconnect=${parent.id}`)
    assert.include(html, 'data-health="reconnect"')
  })

  test('a derived account that is well is healthy; one that is gone says so', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const parent = await aConnection(organization)
    const values = { parentId: parent.id, refreshToken: null, tokenExpiresAt: null, nextRefreshAt: null }
    const well = await aConnection(organization, values)
    assert.include((await client.get(`/accounts/${well.id}`).loginAs(user)).text(), 'data-health="healthy"')
    const gone = await aConnection(organization, {
      ...values,
      status: 'needs_reauth',
      statusReason: 'page_gone',
    })
    const page = words((await client.get(`/accounts/${gone.id}`).loginAs(user)).text())
    assert.include(page, 'does not list it any more')
  })
})
