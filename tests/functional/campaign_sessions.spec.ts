import { test } from '@japa/runner'
import type { Engine } from '#services/build_engine'
import type { Row } from '#store/driver'
import type { SessionTrouble } from '#services/campaigns/types'
import { campaignFixture, type CampaignFixture } from '#tests/helpers/campaign_fixture'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { HOUR, MINUTE, NOW } from '#tests/helpers/refresh_fixtures'
import { json } from '#tests/helpers/token_server'

const dialects: Dialect[] = ['sqlite', 'postgres']

const documentOf = <T>(value: unknown) => (typeof value === 'string' ? JSON.parse(value) : value) as T
const troublesOf = (session: Row) => documentOf<SessionTrouble[]>(session.unhealthy)

for (const dialect of dialects) {
  test.group(`Campaign sessions on ${dialect}`, (group) => {
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

    /** A campaign whose channels have all granted it twelve hours. */
    async function authorized(...accounts: string[]) {
      const master = await fixture.person('game_master')
      const ids: string[] = []
      for (const account of accounts) ids.push(await fixture.channel(account))
      const campaign = await fixture.campaign('Friday', ids, [master])
      for (const id of ids) await engine.windows.authorize(fixture.admin, campaign, id)
      return { master, campaign, ids }
    }

    async function live(...accounts: string[]) {
      const made = await authorized(...accounts)
      const started = await engine.campaignSessions.start(made.master, made.campaign)
      if (!started.ok) throw new Error(JSON.stringify(started))
      return { ...made, sessionId: started.sessionId }
    }

    const theSession = async (campaign: string) => (await fixture.sessions(campaign))[0]

    test('T8: a session starts where every window is open and every token is accepted', async ({
      assert,
    }) => {
      const { master, campaign } = await authorized('ana', 'bob')
      const started = await engine.campaignSessions.start(master, campaign)
      assert.deepInclude(started, { ok: true, startedAt: NOW })
      assert.deepInclude(await theSession(campaign), {
        state: 'live',
        started_by: master.userId,
        started_at: NOW,
        last_checked_at: NOW,
        next_check_at: NOW + HOUR,
      })
      const [summary] = await engine.campaigns.list(master)
      assert.deepInclude(summary, { liveSessionId: started.ok ? started.sessionId : '', troubled: 0 })
    })

    test('T8: otherwise it is refused with names, reasons and advice, and nothing is written', async ({
      assert,
    }) => {
      const { master, campaign, ids } = await authorized('ana', 'bob', 'zoe')
      await engine.windows.revoke(master, campaign, ids[1])
      fixture.refused.add('zoe')
      fixture.server.revoke('zoe')
      const refused = await engine.campaignSessions.start(master, campaign)
      assert.deepEqual(refused, {
        ok: false,
        reason: 'unhealthy',
        message: 'The session cannot start: 2 members are not ready (bob, zoe).',
        unhealthy: [
          {
            connectionId: ids[1],
            name: 'bob',
            provider: 'acme',
            reason: 'no_window',
            why: 'The streamer has not let the campaign use the channel.',
            advice: 'Ask the streamer to grant it.',
            reconnectPath: null,
            retryAt: null,
          },
          {
            connectionId: ids[2],
            name: 'zoe',
            provider: 'acme',
            reason: 'rejected',
            why: 'The provider refuses the token.',
            advice: 'Reconnect the account.',
            reconnectPath: `/accounts/${ids[2]}/reconnect`,
            retryAt: NOW + 15 * MINUTE,
          },
        ],
      })
      assert.lengthOf(await fixture.sessions(campaign), 0)
      assert.isTrue(fixture.lines.some((line) => /^\[HealthCheck\] .* refreshing: token refused/.test(line)))
      assert.isTrue(fixture.lines.some((line) => /^\[HealthCheck\] .* not refreshed/.test(line)))
    })

    test('T8: what is expiring is refreshed before the session starts', async ({ assert }) => {
      const { master, campaign, ids } = await authorized('ana')
      fixture.clock.advance(3 * HOUR + 30 * MINUTE)
      assert.deepInclude(await engine.campaignSessions.start(master, campaign), { ok: true })
      const kinds = (await fixture.attempts(ids[0])).map(({ kind }) => kind)
      assert.deepEqual(kinds, ['grant', 'health_check'])
    })

    test('without an open window no provider is asked about a member', async ({ assert }) => {
      const master = await fixture.person('game_master')
      const id = await fixture.channel('ana')
      const campaign = await fixture.campaign('Friday', [id], [master])
      const refused = await engine.campaignSessions.start(master, campaign)
      assert.deepInclude(refused, { ok: false, reason: 'unhealthy' })
      assert.lengthOf([...fixture.accounts.asked, ...fixture.server.presented], 0)
    })

    test('only game masters of the campaign and staff start and end its sessions', async ({ assert }) => {
      const { campaign, ids } = await authorized('ana')
      const ana = await fixture.person('streamer')
      await engine.campaigns.linkStreamer(fixture.admin, ids[0], ana.userId)
      const viewer = await fixture.person('viewer')
      const other = await fixture.person('game_master')
      const { campaignSessions } = engine
      assert.deepInclude(await campaignSessions.start(ana, campaign), { reason: 'not_allowed' })
      assert.deepInclude(await campaignSessions.start(viewer, campaign), { reason: 'not_allowed' })
      assert.deepInclude(await campaignSessions.start(other, campaign), { reason: 'not_found' })
      const operator = await fixture.person('operator')
      const started = await campaignSessions.start(operator, campaign)
      const sessionId = started.ok ? started.sessionId : ''
      assert.deepInclude(await campaignSessions.end(viewer, campaign, sessionId), { reason: 'not_allowed' })
      fixture.clock.advance(MINUTE)
      assert.deepEqual(await campaignSessions.end(operator, campaign, sessionId), { ok: true })
      assert.deepEqual(await campaignSessions.end(operator, campaign, sessionId), { ok: true })
      assert.deepInclude(await theSession(campaign), {
        state: 'ended',
        ended_at: NOW + MINUTE,
        next_check_at: null,
      })
    })

    test('a campaign without members has no session', async ({ assert }) => {
      const campaign = await fixture.campaign('Friday')
      assert.deepInclude(await engine.campaignSessions.start(fixture.admin, campaign), {
        reason: 'no_members',
      })
    })

    test('of two game masters who start at once one starts, the other is told of that session', async ({
      assert,
    }) => {
      const { master, campaign } = await authorized('ana')
      const second = await fixture.person('game_master')
      await engine.campaigns.addGameMaster(fixture.admin, campaign, second.userId)
      const answers = await Promise.all([
        engine.campaignSessions.start(master, campaign),
        fixture.sibling().campaignSessions.start(second, campaign),
      ])
      const winner = answers.find((answer) => answer.ok)
      const loser = answers.find((answer) => !answer.ok)
      const [session, ...more] = await fixture.sessions(campaign)
      assert.lengthOf(more, 0)
      assert.deepInclude(winner, { sessionId: session.id })
      assert.deepInclude(loser, { reason: 'already_live', sessionId: session.id })
    })

    test('after a session has ended the next one starts; a live one keeps its campaign from the archive', async ({
      assert,
    }) => {
      const { master, campaign, sessionId } = await live('ana')
      assert.deepInclude(await engine.campaigns.archive(fixture.admin, campaign), {
        reason: 'session_is_live',
      })
      await engine.campaignSessions.end(master, campaign, sessionId)
      assert.deepInclude(await engine.campaignSessions.start(master, campaign), { ok: true })
    })

    test('a member that is given up marks its live session at once, with one event', async ({ assert }) => {
      const { campaign, ids, sessionId } = await live('ana', 'bob')
      fixture.server.revoke('bob')
      fixture.clock.advance(3 * HOUR)
      await engine.refresh.refreshDue()
      await engine.sessionWatch.settled()
      assert.lengthOf(troublesOf(await theSession(campaign)), 0, 'a first strike is no trouble yet')
      fixture.clock.advance(15 * MINUTE)
      await engine.refresh.refreshDue()
      await engine.sessionWatch.settled()
      const [trouble, ...others] = troublesOf(await theSession(campaign))
      assert.lengthOf(others, 0)
      assert.deepInclude(trouble, {
        connectionId: ids[1],
        name: 'bob',
        reason: 'needs_reauth',
        reconnectPath: `/accounts/${ids[1]}/reconnect`,
        since: fixture.clock.now(),
      })
      await engine.campaignSessions.tend()
      const events = await fixture.events()
      assert.lengthOf(events, 1)
      assert.deepInclude(events[0], {
        name: 'campaign.session_unhealthy',
        severity: 'urgent',
        connection_id: ids[1],
        dispatched_at: null,
        dedupe_key: `campaign.session_unhealthy:${sessionId}:${ids[1]}:2`,
      })
      assert.deepEqual(documentOf(events[0].data), {
        session_id: sessionId,
        campaign_id: campaign,
        campaign: 'Friday',
        reason: 'needs_reauth',
        name: 'bob',
      })
    })

    test('a window that is revoked marks the session at once, and a new grant clears it', async ({
      assert,
    }) => {
      const { master, campaign, ids } = await live('ana')
      await engine.windows.revoke(master, campaign, ids[0])
      await engine.sessionWatch.settled()
      assert.equal(troublesOf(await theSession(campaign))[0].reason, 'no_window')
      await engine.windows.authorize(fixture.admin, campaign, ids[0])
      await engine.sessionWatch.settled()
      assert.lengthOf(troublesOf(await theSession(campaign)), 0)
      assert.equal(Number((await theSession(campaign)).next_check_at), NOW, 'the provider is asked soon')
    })

    test('what a process died over is found by the look at all sessions: a pause, a window that ended', async ({
      assert,
    }) => {
      const { campaign, ids } = await live('ana', 'bob')
      await fixture.update(ids[0], { paused_at: NOW })
      assert.deepEqual(await engine.campaignSessions.tend(), { checked: 0, troubled: 1 })
      assert.deepEqual(
        troublesOf(await theSession(campaign)).map(({ reason }) => reason),
        ['paused']
      )
      await fixture.run('UPDATE campaign_members SET authorized_until = ?t WHERE connection_id = ?', [
        NOW,
        ids[1],
      ])
      await engine.campaignSessions.tend()
      assert.deepEqual(
        troublesOf(await theSession(campaign)).map(({ reason }) => reason),
        ['paused', 'window_closed']
      )
    })

    test('each hour the members are asked for again; a token that is refused by then is told', async ({
      assert,
    }) => {
      const { campaign, ids } = await live('ana', 'bob')
      const asked = fixture.accounts.count('/validate')
      fixture.clock.advance(59 * MINUTE)
      assert.deepEqual(await engine.campaignSessions.tend(), { checked: 0, troubled: 0 })
      fixture.clock.advance(MINUTE)
      assert.deepEqual(await engine.campaignSessions.tend(), { checked: 1, troubled: 0 })
      assert.equal(fixture.accounts.count('/validate'), asked + 2)
      fixture.refused.add('ana')
      fixture.server.revoke('ana')
      fixture.clock.advance(HOUR)
      await engine.campaignSessions.tend()
      const session = await theSession(campaign)
      assert.deepEqual(
        troublesOf(session).map(({ connectionId, reason }) => [connectionId, reason]),
        [[ids[0], 'rejected']]
      )
      assert.deepInclude(session, {
        state: 'live',
        last_checked_at: NOW + 2 * HOUR,
        next_check_at: NOW + 2 * HOUR + 5 * MINUTE,
      })
    })

    test('trouble of the moment at the provider speaks against nobody in a live session', async ({
      assert,
    }) => {
      const { campaign } = await live('ana')
      fixture.accounts.on('/validate', { status: 503, body: { error: 'temporarily_unavailable' } })
      fixture.accounts.on('/me', { status: 503, body: { error: 'temporarily_unavailable' } })
      fixture.clock.advance(HOUR)
      await engine.campaignSessions.tend()
      const session = await theSession(campaign)
      assert.lengthOf(troublesOf(session), 0)
      assert.equal(Number(session.next_check_at), NOW + HOUR + 5 * MINUTE)
    })

    test('of two processes that re-check at once each session is checked by one', async ({ assert }) => {
      await live('ana')
      await live('bob')
      await live('zoe')
      const asked = fixture.accounts.count('/validate')
      fixture.clock.advance(HOUR)
      const other = fixture.sibling()
      const counts = await Promise.all([engine.campaignSessions.recheck(), other.campaignSessions.recheck()])
      assert.equal(counts[0] + counts[1], 3)
      assert.equal(fixture.accounts.count('/validate'), asked + 3)
    })

    test('a check is claimed for five minutes, so that one that its process does not finish is due again', async ({
      assert,
    }) => {
      const { campaign } = await live('ana')
      fixture.clock.advance(HOUR)
      let meanwhile = 0
      fixture.accounts.on('/validate', async () => {
        meanwhile = Number((await theSession(campaign)).next_check_at)
        return { body: { id: 'ana', client_id: 'client' } }
      })
      await engine.campaignSessions.recheck()
      assert.equal(meanwhile, NOW + HOUR + 5 * MINUTE)
      assert.equal(Number((await theSession(campaign)).next_check_at), NOW + 2 * HOUR)
    })

    test('a copy of a database checks no session', async ({ assert, cleanup }) => {
      await live('ana')
      const asked = fixture.accounts.asked.length
      fixture.clock.advance(HOUR)
      await engine.installation.check()
      await fixture.quarantine('this is a copy')
      cleanup(async () => void (await engine.installation.lift()))
      assert.equal(await engine.campaignSessions.recheck(), 0)
      assert.lengthOf(fixture.accounts.asked, asked)
    })

    test('a refusal of the refresh holds the provider text back', async ({ assert }) => {
      const { master, campaign } = await authorized('ana')
      fixture.refused.add('ana')
      fixture.server.next((response) =>
        json(response, 400, { error: 'invalid_grant', error_description: 'RAW PROVIDER TEXT' })
      )
      const refused = await engine.campaignSessions.start(master, campaign)
      assert.deepInclude(refused, { ok: false, reason: 'unhealthy' })
      assert.notInclude(JSON.stringify(refused), 'RAW')
    })
  })
}
