/** Campaigns by the API (T1, T8): what a program may do with the windows and the sessions of its organization. */
import { test } from '@japa/runner'
import Organization from '#models/organization'
import { windowAnswer } from '#services/campaigns/window_answer'
import { anApiCaller, lendToApplication, type ApiAnswer, type ApiCaller } from '#tests/helpers/api_caller'
import {
  campaignFixture,
  ELSEWHERE,
  ORGANIZATION,
  type CampaignFixture,
} from '#tests/helpers/campaign_fixture'
import { emptyTables } from '#tests/helpers/database'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { HOUR, NOW } from '#tests/helpers/refresh_fixtures'
import { json } from '#tests/helpers/token_server'

const codeOf = ({ status, body }: ApiAnswer) => [status, body.code]
const iso = (at: number) => new Date(at).toISOString()
const NOBODY = '00000000-0000-7000-8000-0000000000ff'

for (const dialect of ['sqlite', 'postgres'] satisfies Dialect[]) {
  test.group(`API: campaigns on ${dialect}`, (group) => {
    let fixture: CampaignFixture
    let caller: ApiCaller
    let stranger: ApiCaller
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      await emptyTables()
      const later = (work: () => Promise<void> | void) => context.cleanup(work)
      fixture = await campaignFixture(dialect, later)
      await lendToApplication(later, fixture)
      // Keys are the application's own; the campaigns may lie in the other database.
      for (const id of [ORGANIZATION, ELSEWHERE])
        await Organization.firstOrCreate({ id }, { slug: id, name: id })
      caller = await anApiCaller({
        organizationId: ORGANIZATION,
        abilities: ['campaigns:read', 'campaigns:write'],
      })
      stranger = await anApiCaller({ organizationId: ELSEWHERE })
    })

    const make = async (...members: string[]) => {
      const made = await caller.post('/campaigns', { name: 'Friday quiz' })
      for (const connection of members)
        await caller.post(`/campaigns/${made.body.id}/members`, { connection_id: connection })
      return String(made.body.id)
    }
    const authorization = (campaign: string, connection: string) =>
      `/campaigns/${campaign}/members/${connection}/authorization`

    test('a campaign is made, filled, granted, live and over by one program, and tells so at each step', async ({
      assert,
    }) => {
      const ana = await fixture.channel('ana')
      const made = await caller.post('/campaigns', { name: ' Friday quiz ', window_hours: 6 })
      assert.equal(made.status, 201)
      const id = String(made.body.id)
      assert.equal(made.headers.get('location'), `/api/v1/campaigns/${id}`)
      const added = await caller.post(`/campaigns/${id}/members`, { connection_id: ana.toUpperCase() })
      assert.equal(added.status, 201)
      const member = { connection_id: ana, provider: 'acme', name: 'ana', authorized_until: null }
      assert.deepInclude(added.body, { ...member, status: 'connected' })
      const granted = await caller.post(authorization(id, ana), { hours: 3 })
      assert.deepEqual(
        [granted.status, granted.body],
        [
          200,
          {
            campaign_id: id,
            connection_id: ana,
            authorized_until: iso(NOW + 3 * HOUR),
            token_expires_at: iso(NOW + 4 * HOUR),
          },
        ]
      )
      assert.equal(fixture.server.refreshes.get('ana'), 1)
      const started = await caller.post(`/campaigns/${id}/sessions`)
      assert.equal(started.status, 201)
      const session = String(started.body.id)
      assert.deepEqual(started.body, {
        id: session,
        campaign_id: id,
        state: 'live',
        started_at: iso(NOW),
      })
      const figures = { name: 'Friday quiz', window_hours: 6, archived_at: null, member_count: 1 }
      const live = { id, ...figures, authorized_count: 1, live_session_id: session, unhealthy_count: 0 }
      const listed = await caller.get('/campaigns')
      assert.deepEqual(listed.body, { data: [live], next_cursor: null, previous_cursor: null })
      const shown = await caller.get(`/campaigns/${id}`)
      assert.containSubset(shown.body, {
        ...live,
        members: [{ connection_id: ana, authorized_until: iso(NOW + 3 * HOUR) }],
        game_masters: [],
        sessions: [{ id: session, state: 'live', started_by: null, unhealthy: [] }],
      })
      assert.notMatch(shown.text, /first-|v1:k1|access_token|refresh_token"/)
      for (const path of [`/campaigns/${id}/sessions/${session}`, authorization(id, ana)])
        for (const time of ['first', 'second'])
          assert.deepEqual(
            await caller.delete(path).then(({ status, text }) => [status, text]),
            [204, ''],
            `${path}, the ${time} time`
          )
      assert.equal((await fixture.sessions(id))[0].state, 'ended')
      assert.equal(Number((await fixture.member(id, ana)).revoked_at), NOW)
      assert.equal((await caller.delete(`/campaigns/${id}/members/${ana}`)).status, 204)
      assert.deepEqual((await caller.get(`/campaigns/${id}`)).body.members, [])
    })

    test('the list goes through all pages and back, the newest first', async ({ assert }) => {
      const made: string[] = []
      for (let index = 0; index < 52; index++) {
        fixture.clock.advance(1)
        made.unshift(await make())
      }
      const list = async (query = '') => (await caller.get(`/campaigns${query}`)).body
      const ids = ({ data }: Record<string, unknown>) => (data as { id: string }[]).map(({ id }) => id)
      const first = await list()
      const second = await list(`?cursor=${String(first.next_cursor)}`)
      assert.deepEqual([...ids(first), ...ids(second)], made)
      assert.isNull(first.previous_cursor)
      assert.isNull(second.next_cursor)
      assert.deepEqual(ids(await list(`?cursor=${String(second.previous_cursor)}`)), ids(first))
      assert.deepEqual(ids(await list(`?limit=1&cursor=${String(first.next_cursor)}`)), [made[50]])
      assert.deepEqual(ids(await list('?limit=200')), made)
      assert.deepEqual((await stranger.get('/campaigns')).body.data, [])
      assert.deepEqual(codeOf(await caller.get('/campaigns?cursor=nonsense')), [422, 'validation_failed'])
    })

    test('T1: without hours the campaign’s own time counts; closing ends the plan of the token', async ({
      assert,
    }) => {
      const ana = await fixture.channel('ana')
      const id = await make(ana)
      assert.equal((await caller.post(authorization(id, ana))).body.authorized_until, iso(NOW + 12 * HOUR))
      assert.equal(Number((await fixture.row(ana)).keep_alive_until), NOW + 12 * HOUR)
      await caller.delete(authorization(id, ana))
      assert.deepInclude(await fixture.row(ana), { keep_alive_until: null, next_refresh_at: null })
    })

    test('T1: a grant whose refresh fails opens nothing and says why', async ({ assert }) => {
      const [dead, away, limited, paused] = [
        await fixture.channel('dead'),
        await fixture.channel('away'),
        await fixture.channel('limited'),
        await fixture.channel('paused', undefined, { paused_at: NOW }),
      ]
      const id = await make(dead, away, limited, paused)
      fixture.server.revoke('dead')
      const first = await caller.post(authorization(id, dead), {})
      assert.deepEqual(codeOf(first), [409, 'reauth_required'])
      assert.deepInclude(first.body, { reason: 'rejected' })
      assert.match(String(first.body.reconnect_url), new RegExp(`/accounts/${dead}/reconnect$`))
      assert.notInclude(first.text, 'refresh token is invalid')
      const stopped = await caller.post(authorization(id, paused), {})
      assert.deepEqual(codeOf(stopped), [409, 'action_required'])
      assert.notProperty(stopped.body, 'reconnect_url')
      fixture.server.always((response) => json(response, 503, { error: 'temporarily_unavailable' }))
      const second = await caller.post(authorization(id, away), {})
      assert.deepEqual([...codeOf(second), second.body.reason], [503, 'provider_unavailable', 'unavailable'])
      assert.isAbove(Number(second.headers.get('retry-after')), 0)
      fixture.server.always((response) => json(response, 429, {}, { 'retry-after': '40' }))
      const third = await caller.post(authorization(id, limited), {})
      assert.deepEqual(codeOf(third), [429, 'rate_limited'])
      assert.equal(third.headers.get('retry-after'), '40')
      for (const connection of [dead, away, limited, paused])
        assert.isNull((await fixture.member(id, connection)).authorized_until)
    })

    test('T8: a session with an unhealthy member does not start; the answer lists who, why, and what helps', async ({
      assert,
    }) => {
      const [ana, ben, cid] = [
        await fixture.channel('ana'),
        await fixture.channel('ben'),
        await fixture.channel('cid'),
      ]
      const id = await make(ana, ben, cid)
      await caller.post(authorization(id, ana), { hours: 12 })
      await caller.post(authorization(id, ben), { hours: 12 })
      await fixture.update(ben, { status: 'needs_reauth', status_reason: 'rejected', is_active: false })
      const answer = await caller.post(`/campaigns/${id}/sessions`, {})
      assert.deepEqual(codeOf(answer), [409, 'members_unhealthy'])
      assert.equal(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8')
      const listed = answer.body.unhealthy as Record<string, unknown>[]
      assert.deepEqual(
        listed.map(({ connection_id: connection, reason }) => [connection, reason]),
        [
          [ben, 'needs_reauth'],
          [cid, 'no_window'],
        ]
      )
      for (const { why, advice } of listed) {
        assert.isNotEmpty(why)
        assert.isNotEmpty(advice)
      }
      assert.match(String(listed[0].reconnect_url), new RegExp(`^http.+/accounts/${ben}/reconnect$`))
      assert.isNull(listed[1].reconnect_url)
      assert.deepEqual(await fixture.sessions(id), [])
    })

    test('what cannot be is a 409 with its own code', async ({ assert }) => {
      const ana = await fixture.channel('ana')
      const [empty, id] = [await make(), await make(ana)]
      assert.deepEqual(codeOf(await caller.post(`/campaigns/${empty}/sessions`)), [409, 'no_members'])
      const twice = await caller.post(`/campaigns/${id}/members`, { connection_id: ana })
      assert.deepEqual(codeOf(twice), [409, 'already_member'])
      await caller.post(authorization(id, ana))
      const session = (await caller.post(`/campaigns/${id}/sessions`)).body.id
      const again = await caller.post(`/campaigns/${id}/sessions`)
      assert.deepEqual([...codeOf(again), again.body.session_id], [409, 'already_live', session])
      await fixture.engine.campaigns.archive(fixture.admin, empty)
      for (const answer of [
        await caller.post(`/campaigns/${empty}/members`, { connection_id: ana }),
        await caller.post(`/campaigns/${empty}/sessions`),
      ])
        assert.deepEqual(codeOf(answer), [409, 'campaign_archived'])
      const names = async (query: string) =>
        ((await caller.get(`/campaigns${query}`)).body.data as { id: string }[]).map((one) => one.id)
      assert.deepEqual([await names(''), await names('?archived=true')], [[id], [empty]])
    })

    test('what is wrong with the input is told by field, and changes nothing', async ({ assert }) => {
      const ana = await fixture.channel('ana')
      const id = await make(ana)
      const wrong: [ApiAnswer, string][] = [
        [await caller.post('/campaigns', {}), 'name'],
        [await caller.post('/campaigns', { name: ' ' }), 'name'],
        [await caller.post('/campaigns', { name: 'a', window_hours: 73 }), 'window_hours'],
        [await caller.post('/campaigns', { name: 'a', window_hours: '6' }), 'window_hours'],
        [await caller.post('/campaigns', { name: 'a', windowHours: 6 }), 'windowHours'],
        [await caller.post(`/campaigns/${id}/members`, {}), 'connection_id'],
        [await caller.post(`/campaigns/${id}/members`, { connection_id: NOBODY }), 'connection_id'],
        [await caller.post(`/campaigns/${id}/members`, { connection_id: 'x' }), 'connection_id'],
        [await caller.post(authorization(id, ana), { hours: 0 }), 'hours'],
        [await caller.post(authorization(id, ana), { hours: 1.5 }), 'hours'],
        [await caller.post(`/campaigns/${id}/sessions`, { force: true }), 'force'],
        [await caller.get('/campaigns?archivd=true'), 'archivd'],
      ]
      for (const [answer, field] of wrong) {
        assert.deepEqual(codeOf(answer), [422, 'validation_failed'], field)
        assert.containSubset(answer.body.errors, [{ field }])
      }
      assert.lengthOf(await fixture.all('SELECT id FROM campaigns'), 1)
      assert.equal(fixture.server.presented.length, 0)
    })

    test('another organization’s campaigns and channels are not found; a key that only reads changes nothing', async ({
      assert,
    }) => {
      const ana = await fixture.channel('ana')
      const id = await make(ana)
      await caller.post(authorization(id, ana), {})
      const session = String((await caller.post(`/campaigns/${id}/sessions`)).body.id)
      const rows = () =>
        Promise.all([fixture.member(id, ana), fixture.sessions(id)]).then((all) => JSON.stringify(all))
      const before = await rows()
      const posts = [`/campaigns/${id}/sessions`, authorization(id, ana), authorization(id, NOBODY)]
      const deletes = [`/campaigns/${id}/members/${ana}`, authorization(id, ana)]
      const end = `/campaigns/${id}/sessions/${session}`
      for (const path of posts)
        assert.deepEqual(codeOf(await stranger.post(path, {})), [404, 'not_found'], path)
      for (const path of [...deletes, end])
        assert.deepEqual(codeOf(await stranger.delete(path)), [404, 'not_found'], path)
      for (const path of [`/campaigns/${id}`, '/campaigns/nonsense'])
        assert.deepEqual(codeOf(await stranger.get(path)), [404, 'not_found'], path)
      assert.deepEqual((await stranger.get('/campaigns')).body.data, [])
      const own = String((await stranger.post('/campaigns', { name: 'Theirs' })).body.id)
      const stolen = await stranger.post(`/campaigns/${own}/members`, { connection_id: ana })
      assert.deepEqual(codeOf(stolen), [422, 'validation_failed'])
      assert.deepEqual(codeOf(await caller.delete(`/campaigns/${id}/sessions/${NOBODY}`)), [404, 'not_found'])
      assert.deepEqual(codeOf(await caller.post(authorization(id, NOBODY), {})), [404, 'not_found'])
      const reader = await anApiCaller({ organizationId: ORGANIZATION, abilities: ['campaigns:read'] })
      assert.equal((await reader.get(`/campaigns/${id}`)).status, 200)
      for (const path of ['/campaigns', `/campaigns/${id}/members`, ...posts])
        assert.deepEqual(codeOf(await reader.post(path, {})), [403, 'insufficient_ability'], path)
      for (const path of [...deletes, end])
        assert.deepEqual(codeOf(await reader.delete(path)), [403, 'insufficient_ability'], path)
      assert.equal(await rows(), before)
    })

    test('a campaign is made once under one Idempotency-Key', async ({ assert }) => {
      const keyed = { 'idempotency-key': 'quiz-1' }
      const first = await caller.post('/campaigns', { name: 'Quiz' }, keyed)
      const second = await caller.post('/campaigns', { name: 'Quiz' }, keyed)
      assert.deepEqual([second.status, second.body.id], [201, first.body.id])
      assert.lengthOf(await fixture.all('SELECT id FROM campaigns'), 1)
    })
  })
}

test.group('How a program is told that a window did not open', () => {
  test('what only a person can help against is a 409; what may pass is a 503, or a 429', ({ assert }) => {
    const told = (reason: string) => Object.values(windowAnswer(reason))
    assert.deepEqual(told('suspended'), [409, 'account_suspended'])
    assert.deepEqual(told('locked'), [409, 'action_required'])
    assert.deepEqual(told('disconnected'), [409, 'reauth_required'])
    assert.deepEqual(told('provider_busy'), [429, 'rate_limited'])
    assert.deepEqual(told('configuration'), [503, 'provider_unavailable'])
    assert.deepEqual(told('refresh_retrying'), [503, 'refresh_retrying'])
    assert.deepEqual(told('toString'), [503, 'refresh_retrying'])
  })
})
