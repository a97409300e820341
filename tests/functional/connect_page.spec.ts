import { test } from '@japa/runner'
import engine from '#services/engine'
import { emptyTables } from '#tests/helpers/database'
import { aPerson } from '#tests/helpers/people'

test.group('The connect page', (group) => {
  group.each.setup(() => emptyTables())

  test('a provider without a client names its variables and the redirect URL to register', async ({
    client,
  }) => {
    const { user } = await aPerson('operator')
    const page = await client.get('/accounts/connect').loginAs(user)
    page.assertStatus(200)
    page.assertTextIncludes('/connect/linkedin/callback')
    page.assertTextIncludes('LINKEDIN_CLIENT_ID')
    // A face of a shared client is configured through that one.
    page.assertTextIncludes('/connect/youtube/callback')
    page.assertTextIncludes('GOOGLE_CLIENT_SECRET')
  })

  test('what only comes with another account is not offered', async ({ client, assert }) => {
    const { user } = await aPerson('operator')
    const text = (await client.get('/accounts/connect').loginAs(user)).text()
    assert.isNotNull(engine.providers.find('meta_page'))
    assert.include(text, '/connect/meta/callback')
    assert.notInclude(text, '/connect/meta_page/')
    assert.notMatch(text, /(YOUTUBE|GMAIL|SLACK_USER|META_PAGE)_CLIENT_/)
  })
})
