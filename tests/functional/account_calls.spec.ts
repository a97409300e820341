/** What the page of an account tells of the requests to its provider, and of the scopes that a refresh changed. */
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { RefreshAttemptFactory } from '#database/factories/refresh_attempt_factory'
import type Connection from '#models/connection'
import type User from '#models/user'
import type { AttemptDetails, CallRecord } from '#oauth/types'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

const words = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')

const CALL: CallRecord = {
  ...{ method: 'POST', host: 'id.acme.example', sent: true, status: 400, code: null, ms: 120 },
  request_id: '8c1f2a3b4c5d6e7f-AMS',
  request: { accept: 'application/json', authorization: 'Basic …' },
  response: { 'cf-ray': '8c1f2a3b4c5d6e7f-AMS', 'www-authenticate': null, 'retry-after': '30' },
}

test.group('Calls of an account', (group) => {
  group.each.setup(() => emptyTables())

  const read = async (client: ApiClient, user: User, path: string, language = 'en') => {
    const page = await client.get(path).loginAs(user).header('Accept-Language', language)
    page.assertStatus(200)
    return page.text()
  }

  const attempt = ({ organizationId, id: connectionId }: Connection, details: AttemptDetails) =>
    RefreshAttemptFactory.merge({ organizationId, connectionId, details }).create()

  test('each request has its id at the provider, and its headers behind a disclosure', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    const account = await aConnection(organization)
    await attempt(account, { calls: [CALL] })
    const html = await read(client, user, `/accounts/${account.id}?tab=calls`)
    const page = words(html)
    assert.include(page, 'POST id.acme.example')
    assert.match(page, /400\s+120 ms/)
    assert.include(page, '8c1f2a3b4c5d6e7f-AMS')
    assert.match(html, /<details id="call-[0-9a-f-]+">/)
    for (const line of ['authorization Basic …', 'retry-after 30', 'www-authenticate withheld']) {
      assert.include(page, line)
    }
  })

  test('a request that was never sent, and one without an answer, say so', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const account = await aConnection(organization)
    const unanswered = { ...CALL, status: null, response: {}, request_id: null }
    await attempt(account, { calls: [{ ...unanswered, code: 'connection_refused', sent: false }] })
    await attempt(account, { calls: [{ ...unanswered, code: 'timeout' }] })
    const page = words(await read(client, user, `/accounts/${account.id}?tab=calls`))
    assert.match(page, /POST id\.acme\.example\s+not sent\s+connection_refused/)
    assert.match(page, /POST id\.acme\.example\s+timeout/)
    assert.include(page, 'None of those that are kept')
  })

  test('headers are for people who may act', async ({ client, assert }) => {
    const { user, organization } = await aPerson('viewer')
    const account = await aConnection(organization)
    const { id } = await attempt(account, { calls: [CALL] })
    for (const path of [`/accounts/${account.id}?tab=calls`, `/activity/${id}`]) {
      const page = await read(client, user, path)
      assert.include(page, '8c1f2a3b4c5d6e7f-AMS')
      assert.notInclude(page, 'retry-after')
    }
  })

  test('the entry of the activity holds them as JSON', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    const account = await aConnection(organization)
    const scopes = { added: ['chat:read'], removed: [] }
    const { id } = await attempt(account, { calls: [CALL], scopes })
    const page = (await read(client, user, `/activity/${id}`)).replaceAll('&quot;', '"')
    for (const word of ['"retry-after": "30"', '"request_id": "8c1f2a3b4c5d6e7f-AMS"', '"chat:read"']) {
      assert.include(page, word)
    }
  })

  test('the timeline has a line of its own for changed scopes, in {$self}')
    .with([
      ['en', 'Scopes changed: + chat:read − user:edit'],
      ['fr', 'Portées modifiées : + chat:read − user:edit'],
      ['ja', 'スコープの変更：+ chat:read − user:edit'],
    ] as const)
    .run(async ({ client, assert }, [language, line]) => {
      const { user, organization } = await aPerson()
      const account = await aConnection(organization)
      await attempt(account, { calls: [], scopes: { added: ['chat:read'], removed: ['user:edit'] } })
      const page = words(await read(client, user, `/accounts/${account.id}?tab=timeline`, language))
      assert.include(page, line.replace(/\s+/g, ' '))
    })
})
