/** Pages say what a provider's own code means (UI.md §4.5), and keep to the general sentence where it means nothing more. */
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import type User from '#models/user'
import ClientGate from '#models/client_gate'
import { DateTime } from 'luxon'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

const words = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
const dead = (provider: string, errorCode: string, errorMessage: string | null = null) => ({
  ...{ provider, errorCode, errorMessage, isActive: false, nextRefreshAt: null },
  ...{ status: 'needs_reauth', statusReason: 'rejected' },
})

test.group('Pages: what a provider’s code means', (group) => {
  group.each.setup(() => emptyTables())

  const read = async (client: ApiClient, user: User, path: string, language = 'en') =>
    words((await client.get(path).loginAs(user).header('Accept-Language', language)).text())

  test('the account page and the overview tell why, in the reader’s language', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const { id } = await aConnection(organization, dead('meta', '190/458'))
    const page = await read(client, user, `/accounts/${id}`)
    assert.include(page, 'The owner removed the application in the settings at Facebook.')
    assert.include(page, 'Ask the owner whether that was meant')
    assert.notInclude(page, 'most likely revoked')
    const why = 'Le propriétaire a retiré l’application dans les paramètres chez Facebook.'
    assert.include(await read(client, user, `/accounts/${id}`, 'fr'), why)
    assert.include(await read(client, user, '/', 'fr'), why)
  })

  test('what no entry knows keeps the general sentence', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const { id } = await aConnection(organization, dead('meta', '190/9999'))
    assert.include(await read(client, user, `/accounts/${id}`), 'most likely revoked')
    assert.include(await read(client, user, '/'), 'most likely revoked')
  })

  test('where the code says nothing, the provider’s words do', async ({ client, assert }) => {
    const { user, organization } = await aPerson('viewer')
    const { id } = await aConnection(organization, dead('twitch', 'http_400', 'Invalid refresh token'))
    const page = await read(client, user, `/accounts/${id}`)
    assert.include(page, 'Twitch does not know the refresh token any more')
    assert.notInclude(page, 'Invalid refresh token')
  })

  test('a closed gate names the code’s remedy', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const until = DateTime.utc().plus({ hours: 1 })
    const closed = { flow: 'paused', reason: 'configuration', errorCode: 'deleted_client', failures: 1 }
    await ClientGate.create({ id: 'google', ...closed, until, updatedAt: DateTime.utc() } as object)
    const failed = { tokenRefreshFailedAt: DateTime.utc(), statusReason: 'configuration' }
    const { id } = await aConnection(organization, { provider: 'youtube', ...failed })
    assert.include(await read(client, user, `/accounts/${id}`), 'Create a client in the Google console')
  })

  test('a search for a code finds its finer ones', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    await aConnection(organization, { ...dead('meta', '190/458'), displayName: 'Finer' })
    await aConnection(organization, { ...dead('meta', '1901'), displayName: 'Another' })
    const page = await read(client, user, '/accounts?q=error:190')
    assert.include(page, 'Finer')
    assert.notInclude(page, 'Another')
  })
})
