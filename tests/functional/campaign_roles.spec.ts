import { test } from '@japa/runner'
import Connection from '#models/connection'
import { aCampaign, aCast, type CampaignPeople } from '#tests/helpers/campaign_people'
import { emptyTables } from '#tests/helpers/database'
import { aPerson } from '#tests/helpers/people'

const WHO = [
  'admin',
  'operator',
  'viewer',
  'game_master',
  'other_game_master',
  'streamer',
  'other_streamer',
] as const satisfies readonly (keyof CampaignPeople)[]

/** What each person gets, in the order of WHO. `:id`, `:channel` and the like stand for what `aCampaign` made. */
const PAGES: readonly [string, readonly number[]][] = [
  ['/campaigns', [200, 200, 200, 200, 200, 403, 403]],
  ['/campaigns/new', [200, 200, 403, 403, 403, 403, 403]],
  ['/campaigns/:id', [200, 200, 200, 200, 404, 403, 403]],
  ['/streamer', [403, 403, 403, 200, 200, 200, 200]],
  ['/accounts/:channel/reconnect', [200, 200, 404, 404, 404, 200, 404]],
  ['/accounts', [200, 200, 200, 403, 403, 403, 403]],
  ['/accounts/:channel', [200, 200, 200, 403, 403, 403, 403]],
  ['/accounts/connect', [200, 200, 200, 403, 403, 403, 403]],
  ['/providers', [200, 200, 200, 403, 403, 403, 403]],
  ['/runs', [200, 200, 200, 403, 403, 403, 403]],
  ['/activity', [200, 200, 200, 403, 403, 403, 403]],
  ['/pulse', [200, 200, 200, 200, 200, 200, 200]],
]

const ACTIONS: readonly [string, readonly number[]][] = [
  ['/campaigns', [303, 303, 403, 403, 403, 403, 403]],
  ['/campaigns/:id', [303, 303, 403, 303, 404, 403, 403]],
  ['/campaigns/:id/archive', [303, 303, 403, 403, 404, 403, 403]],
  ['/campaigns/:id/members', [303, 303, 403, 303, 404, 403, 403]],
  ['/campaigns/:id/members/:channel/remove', [303, 303, 403, 303, 404, 403, 403]],
  ['/campaigns/:id/members/:channel/grant', [303, 303, 403, 403, 404, 403, 403]],
  ['/campaigns/:id/members/:channel/extend', [303, 303, 403, 403, 404, 403, 403]],
  ['/campaigns/:id/members/:channel/revoke', [303, 303, 403, 303, 404, 403, 403]],
  ['/campaigns/:id/game-masters', [303, 303, 403, 403, 404, 403, 403]],
  ['/campaigns/:id/game-masters/:master/remove', [303, 303, 403, 403, 404, 403, 403]],
  ['/campaigns/:id/sessions', [303, 303, 403, 303, 404, 403, 403]],
  ['/streamer/:id/:channel/extend', [403, 403, 403, 403, 404, 303, 404]],
  ['/streamer/:id/:channel/revoke', [403, 403, 403, 303, 404, 303, 404]],
]

function addressOf(path: string, { campaign, channel, people }: Awaited<ReturnType<typeof aCampaign>>) {
  return path
    .replace(':id', campaign.id)
    .replace(':channel', channel.id)
    .replace(':master', people.game_master.id)
}

test.group('Campaign pages: who may see and do what', (group) => {
  let cast: Awaited<ReturnType<typeof aCast>>
  group.setup(async () => {
    await emptyTables()
    cast = await aCast()
  })

  test('GET {path}: each role gets it or is refused')
    .with(PAGES.map(([path, statuses]) => ({ path, statuses })))
    .run(async ({ client, assert }, { path, statuses }) => {
      const made = await aCampaign(cast)
      const found: number[] = []
      for (const who of WHO) {
        const request = client.get(addressOf(path, made)).redirects(0).header('Accept', 'text/html')
        found.push((await request.loginAs(made.people[who])).status())
      }
      assert.deepEqual(found, statuses, path)
    })

  test('POST {path}: each role is let through or refused')
    .with(ACTIONS.map(([path, statuses]) => ({ path, statuses })))
    .run(async ({ client, assert }, { path, statuses }) => {
      const found: number[] = []
      for (const who of WHO) {
        const made = await aCampaign(cast)
        // A paused channel is refused before any provider is asked.
        await Connection.query().where('id', made.channel.id).update({ paused_at: Date.now() })
        const request = client.post(addressOf(path, made)).form({ name: 'Quiz', hours: '2' })
        const response = await request.loginAs(made.people[who]).withCsrfToken().redirects(0)
        found.push(response.status())
      }
      assert.deepEqual(found, statuses, path)
    })

  test('POST without its token is answered with 419: {path}')
    .with(ACTIONS.map(([path]) => ({ path })))
    .run(async ({ client }, { path }) => {
      const made = await aCampaign(cast)
      const who = path.startsWith('/streamer') ? made.people.streamer : made.people.admin
      const response = await client.post(addressOf(path, made)).loginAs(who).header('Accept', 'text/html')
      response.assertStatus(419)
    })

  test('a campaign of another organization does not exist here: {path}')
    .with(ACTIONS.slice(1).map(([path]) => ({ path })))
    .run(async ({ client }, { path }) => {
      const made = await aCampaign(cast)
      const role = path.startsWith('/streamer') ? 'streamer' : 'admin'
      const { user } = await aPerson(role)
      const form = { name: 'Quiz', hours: '2', connectionId: made.channel.id }
      const post = client.post(addressOf(path, made)).form(form).loginAs(user).withCsrfToken().redirects(0)
      ;(await post).assertStatus(404)
      if (role === 'streamer') return
      const page = await client.get(`/campaigns/${made.campaign.id}`).loginAs(user).redirects(0)
      page.assertStatus(404)
    })

  test('a {role} lands on {home}')
    .with([
      { role: 'admin', home: '/' },
      { role: 'viewer', home: '/' },
      { role: 'game_master', home: '/campaigns' },
      { role: 'streamer', home: '/streamer' },
    ] as const)
    .run(async ({ client, assert }, { role, home }) => {
      const { user } = await aPerson(role)
      const response = await client.get('/').loginAs(user).redirects(0)
      assert.equal(response.header('location') ?? '/', home)
      const again = await client.get('/login').loginAs(user).redirects(0)
      assert.equal(again.header('location'), home)
    })

  test('the rail of a {role} leads to the own pages and nowhere else')
    .with([
      { role: 'game_master', links: ['/campaigns', '/streamer', '/inbox', '/alerts', '/settings'] },
      { role: 'streamer', links: ['/streamer', '/inbox', '/alerts', '/settings'] },
    ] as const)
    .run(async ({ client, assert }, { role, links }) => {
      const text = (await client.get('/streamer').loginAs(cast.people[role])).text()
      const rail = text.slice(text.indexOf('<ul class="rail-list"'), text.indexOf('<p class="rail-foot"'))
      assert.deepEqual(
        [...rail.matchAll(/href="([^"]+)"/g)].map(([, href]) => href),
        [...links]
      )
      assert.notInclude(text, 'Search accounts')
      assert.notInclude(text, 'data-heartbeat')
    })
})
