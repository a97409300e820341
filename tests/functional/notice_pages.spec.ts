/** Bad news name the event that tells more of them (UI.md §4.1). */
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import type User from '#models/user'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

const UUID = '[\\da-f-]{36}'
const rows = (html: string) => html.match(/<tr id="audit-/g)?.length ?? 0

test.group('Pages: the event of a message', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await db.from('audit_events').delete()
  })

  const act = (client: ApiClient, user: User, path: string, form: Record<string, string> = {}) =>
    client.post(path).form(form).loginAs(user).withCsrfToken().redirects(0)

  const eventOf = async (sent: ReturnType<typeof act>) => String((await sent).flashMessage('notice').event)

  test('what was refused links its own entry of the audit trail, which then stands alone', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    const { id } = await aConnection(organization)
    await act(client, user, `/accounts/${id}/pause`)
    const event = await eventOf(act(client, user, '/accounts/bulk', { action: 'pause' }))
    assert.match(event, new RegExp(`^/audit\\?entry=${UUID}$`))
    const all = (await client.get('/audit').loginAs(user)).text()
    assert.equal(rows(all), 2)
    const page = (await client.get(event).loginAs(user)).text()
    assert.equal(rows(page), 1)
    assert.include(page, 'Only the entry')
    assert.include(page, 'Refused')
  })

  test('an entry of another organization is not shown, nor is one that is none', async ({
    client,
    assert,
  }) => {
    const { user } = await aPerson()
    const event = await eventOf(act(client, user, '/accounts/bulk'))
    const { user: stranger } = await aPerson()
    assert.equal(rows((await client.get(event).loginAs(stranger)).text()), 0)
    const nonsense = await client.get("/audit?entry='nonsense").loginAs(user)
    nonsense.assertStatus(200)
    assert.equal(rows(nonsense.text()), 1, 'what makes no sense is ignored')
  })

  test('who may not read the trail gets the request id, and no link', async ({ client, assert }) => {
    const { user } = await aPerson('streamer')
    const notice = (await act(client, user, '/connect/twitch/start')).flashMessage('notice')
    assert.equal(notice.tone, 'bad')
    assert.isString(notice.requestId)
    assert.isUndefined(notice.event)
  })

  test('the link stands beside the text, on the page and in a drawer, without script', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const { id } = await aConnection(organization)
    const notice = { tone: 'bad', text: 'So it went.', event: '/activity/1', requestId: 'request-7' }
    const read = async (mode: string) => {
      const asked = client.get(`/accounts/${id}`).withFlashMessages({ notice }).loginAs(user)
      return (await asked.header('X-Up-Mode', mode)).text()
    }
    const link = /So it went\.[\s\S]{0,40}<a href="\/activity\/1"[^>]*>View event<\/a>[\s\S]*?request-7/
    assert.match(await read('root'), link)
    const drawer = await read('drawer')
    assert.match(drawer.slice(drawer.indexOf('<div id="account"')), link)
  })
})
