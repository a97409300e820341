import { setImmediate as nextTurn } from 'node:timers/promises'
import { test } from '@japa/runner'
import type { Engine } from '#services/build_engine'
import { campaignFixture, ELSEWHERE, type CampaignFixture } from '#tests/helpers/campaign_fixture'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { HOUR, MINUTE, NOW } from '#tests/helpers/refresh_fixtures'
import { json } from '#tests/helpers/token_server'

const dialects: Dialect[] = ['sqlite', 'postgres']
const NOBODY = '00000000-0000-7000-8000-0000000000ff'
const WHOLE_WINDOW = 12 * HOUR

for (const dialect of dialects) {
  test.group(`Campaigns on ${dialect}`, (group) => {
    let fixture: CampaignFixture
    let engine: Engine
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await campaignFixture(dialect, (work) => context.cleanup(work))
      engine = fixture.engine
    })

    /** The next answer of the provider waits until it is let go; `asked` resolves when the request is there. */
    function heldAnswer() {
      let letGo = () => {}
      let arrived = () => {}
      const released = new Promise<void>((resolve) => (letGo = resolve))
      const asked = new Promise<void>((resolve) => (arrived = resolve))
      fixture.server.next(async (response, grant) => {
        const body = grant()
        arrived()
        await released
        json(response, 200, body)
      })
      return { asked, letGo }
    }

    test('T2: a member that is disconnected loses its windows with its grant, in every campaign; a reconnect opens none', async ({
      assert,
    }) => {
      const { admin, clock } = fixture
      const [id, other] = [await fixture.channel('ana'), await fixture.channel('bob')]
      const campaigns = [
        await fixture.campaign('Friday', [id, other]),
        await fixture.campaign('Sunday', [id]),
      ]
      for (const campaign of campaigns) await engine.windows.authorize(admin, campaign, id)
      await engine.windows.authorize(admin, campaigns[0], other)
      clock.advance(HOUR)
      const now = clock.now()
      const ended = await engine.disconnections.disconnect(admin.organizationId, id)
      assert.isTrue(ended.ok)
      for (const campaign of campaigns) {
        const member = await fixture.member(campaign, id)
        assert.deepEqual([Number(member.authorized_until), Number(member.revoked_at)], [now, now])
      }
      assert.equal(Number((await fixture.member(campaigns[0], other)).authorized_until), NOW + WHOLE_WINDOW)
      const closed = { keep_alive_until: null, next_refresh_at: null, access_token: null }
      assert.deepInclude(await fixture.row(id), { status: 'disconnected', ...closed })
      await fixture.update(id, { status: 'connected', is_active: true })
      clock.advance(MINUTE)
      await engine.campaignSessions.tend()
      assert.isNull((await fixture.row(id)).keep_alive_until)
      assert.equal(Number((await fixture.member(campaigns[0], id)).authorized_until), now)
    })

    test('T2: a window that had ended before keeps its own end', async ({ assert }) => {
      const { admin, clock } = fixture
      const id = await fixture.channel('ana')
      const campaign = await fixture.campaign('Friday', [id])
      await engine.windows.authorize(admin, campaign, id)
      clock.advance(WHOLE_WINDOW + HOUR)
      await engine.disconnections.disconnect(admin.organizationId, id)
      const { authorized_until: until, revoked_at: revoked } = await fixture.member(campaign, id)
      assert.deepEqual([Number(until), revoked], [NOW + WHOLE_WINDOW, null])
    })

    test('T1: a grant refreshes at once, stores expiry and time, and opens twelve hours', async ({
      assert,
    }) => {
      const { admin, clock, server } = fixture
      const ana = await fixture.person('streamer')
      const id = await fixture.channel('ana', ana)
      const campaign = await fixture.campaign('Friday', [id])
      clock.advance(2 * HOUR)
      const now = clock.now()
      const result = await engine.windows.authorize(ana, campaign, id)
      assert.deepEqual(result, {
        ok: true,
        authorizedUntil: now + WHOLE_WINDOW,
        tokenExpiresAt: now + 4 * HOUR,
      })
      assert.equal(server.refreshes.get('ana'), 1)
      assert.deepInclude(await fixture.row(id), {
        token_expires_at: now + 4 * HOUR,
        last_token_refresh_at: now,
        keep_alive_until: now + WHOLE_WINDOW,
        next_refresh_at: now + 3 * HOUR,
      })
      assert.deepInclude(await fixture.member(campaign, id), {
        authorized_until: now + WHOLE_WINDOW,
        authorized_at: now,
        authorized_by: ana.userId,
        revoked_at: null,
      })
      assert.equal((await fixture.attempts(id))[0].kind, 'grant')
      const detail = await engine.campaigns.find(admin, campaign)
      assert.equal(detail?.authorized, 1)
    })

    test('T1: a grant whose refresh is refused opens nothing and says why, in our words', async ({
      assert,
    }) => {
      const { server } = fixture
      const ana = await fixture.person('streamer')
      const id = await fixture.channel('ana', ana)
      const campaign = await fixture.campaign('Friday', [id])
      server.next((response) =>
        json(response, 400, { error: 'invalid_grant', error_description: 'RAW PROVIDER TEXT' })
      )
      const result = await engine.windows.authorize(ana, campaign, id)
      assert.deepInclude(result, {
        ok: false,
        reason: 'rejected',
        why: 'The platform no longer accepts the access that you gave.',
        reconnectPath: `/accounts/${id}/reconnect`,
        retryAt: NOW + 15 * MINUTE,
      })
      assert.notInclude(JSON.stringify(result), 'RAW')
      assert.deepInclude(await fixture.member(campaign, id), { authorized_until: null, authorized_at: null })
      assert.isNull((await fixture.row(id)).keep_alive_until)
    })

    test('T1: an outage opens nothing either, though the old token lives', async ({ assert }) => {
      const { admin, server } = fixture
      const id = await fixture.channel('ana')
      const campaign = await fixture.campaign('Friday', [id])
      server.always((response) => json(response, 503, { error: 'temporarily_unavailable' }))
      const result = await engine.windows.authorize(admin, campaign, id)
      assert.deepInclude(result, { ok: false, reason: 'unavailable', reconnectPath: null })
      assert.isNull((await fixture.member(campaign, id)).authorized_until)
    })

    test('T3: outside a window nothing is refreshed, within one everything that is due', async ({
      assert,
    }) => {
      const { admin, clock, server } = fixture
      const id = await fixture.channel('ana')
      const campaign = await fixture.campaign('Friday', [id])
      clock.advance(5 * HOUR)
      await engine.refresh.refreshDue()
      assert.lengthOf(server.presented, 0)
      await engine.windows.authorize(admin, campaign, id)
      for (let hour = 0; hour < 24; hour++) {
        clock.advance(HOUR)
        await engine.refresh.refreshDue()
      }
      // Granted at 0, renewed at 3, 6 and 9; the last token outlives the window.
      assert.equal(server.refreshes.get('ana'), 4)
      assert.isNull((await fixture.row(id)).next_refresh_at)
    })

    test('T3: a connection may be kept alive otherwise than its provider says, at each of its doors', async ({
      assert,
    }) => {
      const { admin, clock, server } = fixture
      const id = await fixture.channel('ana')
      const viewer = await fixture.person('viewer')
      assert.deepInclude(await engine.windows.setKeepAlive(viewer, id, 'always'), { reason: 'not_allowed' })
      assert.deepEqual(await engine.windows.setKeepAlive(admin, id, 'always'), { ok: true })
      assert.deepInclude(await fixture.row(id), { next_refresh_at: NOW + 3 * HOUR })
      for (let hour = 0; hour < 6; hour++) {
        clock.advance(HOUR)
        await engine.refresh.refreshDue()
      }
      assert.equal(server.refreshes.get('ana'), 2)
      assert.deepEqual(await engine.windows.setKeepAlive(admin, id, null), { ok: true })
      assert.isNull((await fixture.row(id)).next_refresh_at)
      clock.advance(9 * HOUR)
      await engine.refresh.refreshDue()
      assert.equal(server.refreshes.get('ana'), 2)
      const stranger = await fixture.person('admin', ELSEWHERE)
      assert.deepInclude(await engine.windows.setKeepAlive(stranger, id, 'always'), { reason: 'not_found' })
    })

    test('an extension plans the channel again that had been parked because its token outlived the window', async ({
      assert,
    }) => {
      const { admin, clock } = fixture
      const id = await fixture.channel('ana')
      const campaign = await fixture.campaign('Friday', [id])
      await engine.windows.authorize(admin, campaign, id, { hours: 2 })
      assert.isNull((await fixture.row(id)).next_refresh_at)
      clock.advance(HOUR)
      const extended = await engine.windows.extend(admin, campaign, id, { hours: 3 })
      assert.deepInclude(extended, { ok: true, authorizedUntil: NOW + 5 * HOUR })
      assert.deepInclude(await fixture.row(id), {
        keep_alive_until: NOW + 5 * HOUR,
        next_refresh_at: NOW + 3 * HOUR,
      })
      const furthest = await engine.windows.extend(admin, campaign, id, { hours: 72 })
      assert.deepInclude(furthest, { ok: true, authorizedUntil: NOW + 73 * HOUR })
    })

    test('only an open window is extended, and only by whole hours up to 72', async ({ assert }) => {
      const { admin } = fixture
      const id = await fixture.channel('ana')
      const campaign = await fixture.campaign('Friday', [id])
      assert.deepInclude(await engine.windows.extend(admin, campaign, id, { hours: 1 }), {
        ok: false,
        reason: 'no_window',
      })
      for (const hours of [0, -1, 73, 1.5, Number.NaN]) {
        assert.deepInclude(await engine.windows.authorize(admin, campaign, id, { hours }), {
          ok: false,
          reason: 'invalid',
          field: 'hours',
        })
      }
      assert.lengthOf(fixture.server.presented, 0)
    })

    test('two campaigns that share a channel keep it alive until the later window ends', async ({
      assert,
    }) => {
      const { admin, clock, server } = fixture
      const id = await fixture.channel('ana')
      const friday = await fixture.campaign('Friday', [id])
      const sunday = await fixture.campaign('Sunday', [id])
      await engine.windows.authorize(admin, friday, id, { hours: 20 })
      await engine.windows.authorize(admin, sunday, id, { hours: 6 })
      assert.deepInclude(await fixture.row(id), { keep_alive_until: NOW + 20 * HOUR })
      await engine.windows.revoke(admin, friday, id)
      assert.deepInclude(await fixture.row(id), {
        keep_alive_until: NOW + 6 * HOUR,
        next_refresh_at: NOW + 3 * HOUR,
      })
      await engine.windows.revoke(admin, sunday, id)
      assert.deepInclude(await fixture.row(id), { keep_alive_until: null, next_refresh_at: null })
      const sent = server.presented.length
      clock.advance(10 * HOUR)
      await engine.refresh.refreshDue()
      assert.lengthOf(server.presented, sent)
    })

    test('a revocation while a refresh is in flight keeps its tokens and plans nothing after', async ({
      assert,
    }) => {
      const { admin, clock } = fixture
      const id = await fixture.channel('ana')
      const campaign = await fixture.campaign('Friday', [id])
      await engine.windows.authorize(admin, campaign, id)
      clock.advance(3 * HOUR)
      const held = heldAnswer()
      const sweep = fixture.sibling().refresh.refreshDue()
      await held.asked
      assert.deepEqual(await engine.windows.revoke(admin, campaign, id), { ok: true })
      held.letGo()
      await sweep
      assert.deepInclude(await fixture.row(id), {
        token_expires_at: NOW + 7 * HOUR,
        keep_alive_until: null,
        next_refresh_at: null,
        status: 'connected',
      })
    })

    test('a grant while another process refreshes takes that refresh and is not lost', async ({ assert }) => {
      const { admin, server } = fixture
      const id = await fixture.channel('ana', undefined, { next_refresh_at: NOW })
      const campaign = await fixture.campaign('Friday', [id])
      const held = heldAnswer()
      const sweep = fixture.sibling().refresh.refreshDue()
      await held.asked
      const waits = async () => {
        held.letGo()
        await nextTurn()
      }
      const granted = fixture.sibling({ sleep: waits }).windows.authorize(admin, campaign, id)
      assert.deepInclude(await granted, { ok: true, tokenExpiresAt: NOW + 4 * HOUR })
      await sweep
      assert.equal(server.refreshes.get('ana'), 1)
      assert.deepInclude(await fixture.row(id), {
        keep_alive_until: NOW + WHOLE_WINDOW,
        next_refresh_at: NOW + 3 * HOUR,
      })
    })

    test('a window that is extended while a refresh is in flight is what that refresh plans by', async ({
      assert,
    }) => {
      const { admin, clock } = fixture
      const id = await fixture.channel('ana')
      const campaign = await fixture.campaign('Friday', [id])
      await engine.windows.authorize(admin, campaign, id, { hours: 4 })
      clock.advance(3 * HOUR)
      const held = heldAnswer()
      const sweep = fixture.sibling().refresh.refreshDue()
      await held.asked
      await engine.windows.extend(admin, campaign, id, { hours: 6 })
      held.letGo()
      await sweep
      assert.deepInclude(await fixture.row(id), { next_refresh_at: NOW + 6 * HOUR })
    })

    test('a first strike that waits for its retry keeps that retry when the window is revoked', async ({
      assert,
    }) => {
      const { admin, clock, server } = fixture
      const id = await fixture.channel('ana')
      const campaign = await fixture.campaign('Friday', [id])
      await engine.windows.authorize(admin, campaign, id)
      clock.advance(3 * HOUR)
      server.revoke('ana')
      await engine.refresh.refreshDue()
      await engine.windows.revoke(admin, campaign, id)
      assert.deepInclude(await fixture.row(id), { next_refresh_at: NOW + 3 * HOUR + 15 * MINUTE })
    })

    test('a token that the provider did not extend counts with half of its life left, a fresher one always', async ({
      assert,
    }) => {
      const { admin, server, clock } = fixture
      const id = await fixture.channel('ana')
      const campaign = await fixture.campaign('Friday', [id])
      // Somebody reconnects while the grant's refresh is on its way: our answer comes too late and is not used.
      server.next(async (response, grant) => {
        const body = grant()
        await fixture.update(id, { grant_generation: 2, token_version: 5, token_expires_at: NOW + HOUR })
        json(response, 200, body)
      })
      clock.advance(MINUTE)
      assert.deepInclude(await engine.windows.authorize(admin, campaign, id), { ok: true })
      server.next(async (response, grant) => {
        const body = grant()
        const stale = { grant_generation: 3, token_version: 9, last_token_refresh_at: NOW - HOUR }
        await fixture.update(id, { ...stale, token_expires_at: NOW + 30 * MINUTE })
        json(response, 200, body)
      })
      const result = await engine.windows.authorize(admin, campaign, id)
      assert.deepInclude(result, { ok: false })
    })

    test('a channel that is paused or given up is not asked for, and says what to do', async ({ assert }) => {
      const { admin, server } = fixture
      const paused = await fixture.channel('ana', undefined, { paused_at: NOW })
      const dead = await fixture.channel('bob', undefined, { status: 'needs_reauth', is_active: false })
      const campaign = await fixture.campaign('Friday', [paused, dead])
      assert.deepInclude(await engine.windows.authorize(admin, campaign, paused), {
        reason: 'paused',
        reconnectPath: null,
      })
      assert.deepInclude(await engine.windows.authorize(admin, campaign, dead), {
        reason: 'needs_reauth',
        advice: 'Reconnect your channel, then grant again.',
        reconnectPath: `/accounts/${dead}/reconnect`,
      })
      assert.lengthOf(server.presented, 0)
    })

    test('archiving and removing close the windows', async ({ assert }) => {
      const { admin } = fixture
      const [ana, bob] = [await fixture.channel('ana'), await fixture.channel('bob')]
      const campaign = await fixture.campaign('Friday', [ana, bob])
      await engine.windows.authorize(admin, campaign, ana)
      await engine.windows.authorize(admin, campaign, bob)
      assert.deepEqual(await engine.campaigns.removeMember(admin, campaign, bob), { ok: true })
      assert.isNull((await fixture.row(bob)).keep_alive_until)
      assert.deepEqual(await engine.campaigns.archive(admin, campaign), { ok: true })
      assert.deepInclude(await fixture.row(ana), { keep_alive_until: null, next_refresh_at: null })
      assert.deepInclude(await engine.windows.authorize(admin, campaign, ana), { reason: 'archived' })
      assert.lengthOf(await engine.campaigns.list(admin), 0)
      assert.lengthOf(await engine.campaigns.list(admin, { archived: true }), 1)
    })

    test("another organization's ids are not found, whatever the role there", async ({ assert }) => {
      const id = await fixture.channel('ana')
      const campaign = await fixture.campaign('Friday', [id])
      const stranger = await fixture.person('admin', ELSEWHERE)
      const theirs = await engine.campaigns.create(stranger, { name: 'Theirs' })
      const { campaigns, windows, campaignSessions } = engine
      assert.isNull(await campaigns.find(stranger, campaign))
      assert.lengthOf(await campaigns.list(stranger), 1)
      assert.isNull(await campaigns.addable(stranger, campaign))
      const answers = [
        await campaigns.update(stranger, campaign, { name: 'Mine' }),
        await campaigns.archive(stranger, campaign),
        await campaigns.addMember(stranger, campaign, id),
        await campaigns.addMember(stranger, theirs.ok ? theirs.campaignId : '', id),
        await campaigns.removeMember(stranger, campaign, id),
        await campaigns.addGameMaster(stranger, campaign, stranger.userId),
        await campaigns.addGameMaster(fixture.admin, campaign, stranger.userId),
        await campaigns.linkStreamer(stranger, id, stranger.userId),
        await windows.authorize(stranger, campaign, id),
        await windows.extend(stranger, campaign, id, { hours: 1 }),
        await windows.revoke(stranger, campaign, id),
        await campaignSessions.start(stranger, campaign),
        await campaignSessions.end(stranger, campaign, NOBODY),
        await windows.authorize(fixture.admin, campaign, NOBODY),
        await windows.authorize(fixture.admin, 'no-id', id),
      ]
      assert.deepEqual(
        answers.map((answer) => (answer.ok ? 'ok' : answer.reason)),
        answers.map(() => 'not_found')
      )
      assert.lengthOf(fixture.server.presented, 0)
    })

    test('a streamer sees and grants the own channels only; game masters see theirs and grant nothing', async ({
      assert,
    }) => {
      const [ana, bob] = [await fixture.person('streamer'), await fixture.person('streamer')]
      const master = await fixture.person('game_master')
      const other = await fixture.person('game_master')
      const viewer = await fixture.person('viewer')
      const [hers, his] = [await fixture.channel('ana', ana), await fixture.channel('bob', bob)]
      const campaign = await fixture.campaign('Friday', [hers, his], [master])
      const foreign = await fixture.campaign('Sunday', [his])
      const { campaigns, windows } = engine
      const seen = await campaigns.find(ana, campaign)
      assert.deepEqual(
        seen?.memberList.map(({ name, may }) => [name, may]),
        [['ana', { authorize: true, revoke: true }]]
      )
      assert.lengthOf(seen?.gameMasters ?? [], 0)
      assert.isNull(await campaigns.find(ana, foreign))
      assert.deepInclude(await windows.authorize(ana, campaign, his), { reason: 'not_found' })
      assert.deepInclude(await windows.authorize(master, campaign, hers), { reason: 'not_allowed' })
      assert.deepInclude(await windows.authorize(viewer, campaign, hers), { reason: 'not_allowed' })
      assert.isNull(await campaigns.find(other, campaign))
      assert.deepInclude(await windows.authorize(ana, campaign, hers), { ok: true })
      assert.deepEqual(await windows.revoke(master, campaign, hers), { ok: true })
      const [channel] = await campaigns.channels(ana)
      assert.deepEqual(
        channel.campaigns.map(({ name, authorizedUntil }) => [name, authorizedUntil]),
        [['Friday', null]]
      )
      assert.lengthOf((await campaigns.find(master, campaign))?.memberList ?? [], 2)
    })

    test('game masters add channels of streamers; an account that belongs to nobody is for the staff', async ({
      assert,
    }) => {
      const [ana, master] = [await fixture.person('streamer'), await fixture.person('game_master')]
      const staff = await fixture.person('operator')
      const [hers, company] = [await fixture.channel('ana', ana), await fixture.channel('company mail')]
      const campaign = await fixture.campaign('Friday', [], [master])
      const { campaigns } = engine
      const offered = async (actor: typeof master) =>
        (await campaigns.addable(actor, campaign))?.connections.map(({ name }) => name)
      assert.deepEqual(await offered(master), ['ana'])
      assert.deepEqual(await offered(staff), ['ana', 'company mail'])
      assert.deepInclude(await campaigns.addMember(master, campaign, company), { reason: 'not_found' })
      assert.deepInclude(await campaigns.addMember(master, campaign, hers), { ok: true })
      assert.deepInclude(await campaigns.addMember(staff, campaign, company), { ok: true })
    })

    test('T5: a second strike concerns the streamer and the game masters who may use the channel', async ({
      assert,
    }) => {
      const { admin, clock } = fixture
      const ana = await fixture.person('streamer')
      const [one, two, three] = await Promise.all([
        fixture.person('game_master'),
        fixture.person('game_master'),
        fixture.person('game_master'),
      ])
      const id = await fixture.channel('ana', ana)
      const friday = await fixture.campaign('Friday', [id], [one, two])
      await fixture.campaign('Sunday', [id], [three])
      assert.deepEqual(await engine.campaigns.audienceOf(id), [ana.userId])
      await engine.windows.authorize(admin, friday, id)
      assert.sameMembers(await engine.campaigns.audienceOf(id), [ana.userId, one.userId, two.userId])
      clock.advance(13 * HOUR)
      assert.deepEqual(await engine.campaigns.audienceOf(id), [ana.userId])
      assert.deepEqual(await engine.campaigns.audienceOf('no-id'), [])
    })

    test('who leads a campaign must have a role that can; what is added twice is said', async ({
      assert,
    }) => {
      const { admin } = fixture
      const [viewer, master] = [await fixture.person('viewer'), await fixture.person('game_master')]
      const id = await fixture.channel('ana')
      const campaign = await fixture.campaign('Friday', [id], [master])
      const { campaigns } = engine
      const reasons = [
        await campaigns.addGameMaster(admin, campaign, viewer.userId),
        await campaigns.addGameMaster(admin, campaign, master.userId),
        await campaigns.addMember(admin, campaign, id),
        await campaigns.archive(master, campaign),
        await campaigns.update(admin, campaign, { name: ' ' }),
        await campaigns.update(admin, campaign, { windowHours: 100 }),
      ].map((answer) => (answer.ok ? 'ok' : [answer.reason, answer.field]))
      assert.deepEqual(reasons, [
        ['invalid', 'userId'],
        ['already_game_master', 'userId'],
        ['already_member', 'connectionId'],
        ['not_allowed', undefined],
        ['invalid', 'name'],
        ['invalid', 'windowHours'],
      ])
      assert.deepEqual(await campaigns.update(master, campaign, { name: 'Late', windowHours: 8 }), {
        ok: true,
      })
      assert.deepInclude(await campaigns.find(master, campaign), { name: 'Late', windowHours: 8 })
    })
  })
}
