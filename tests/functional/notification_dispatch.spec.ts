import { test } from '@japa/runner'
import settings from '#config/notifications'
import { Dispatcher } from '#notifications/dispatcher'
import type { StoreDriver } from '#store/driver'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { ELSEWHERE, notificationFixture, type NotificationFixture } from '#tests/helpers/notification_fixture'
import { HOUR, MINUTE, SECOND } from '#tests/helpers/refresh_fixtures'

const dialects: Dialect[] = ['sqlite', 'postgres']
const DEAD = { severity: 'urgent', data: { cause: 'rejected' } } as const

for (const dialect of dialects) {
  test.group(`Dispatching events on ${dialect}`, (group) => {
    let fixture: NotificationFixture
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await notificationFixture(dialect, (work) => context.cleanup(work))
    })

    /** What was written for whom: `<recipient's role or channel> <event> <count>: <receivers>`. */
    async function told() {
      const users = await fixture.all('SELECT id, email FROM users')
      const channels = await fixture.all('SELECT id, kind FROM notification_channels')
      const names = new Map([
        ...users.map(({ id, email }) => [id, (email as string).split('@')[0]] as const),
        ...channels.map(({ id, kind }) => [id, kind as string] as const),
      ])
      const deliveries = await fixture.deliveries()
      return (await fixture.matters())
        .filter(({ matter_key: key }) => !(key as string).startsWith('silent'))
        .map((matter) => {
          const of = deliveries.filter(({ matters }) => (matters as string[]).includes(matter.id as string))
          const receivers = of.map(({ channel, state }) =>
            state === 'waiting' ? channel : `${channel} ${state}`
          )
          const places = [...(matter.in_inbox ? ['inbox'] : []), ...receivers.toSorted()]
          const name = names.get(matter.user_id ?? matter.channel_id)
          return `${name} ${matter.event} ${Number(matter.count)}: ${places.join(', ')}`
        })
        .toSorted()
    }

    const tick = () => fixture.dispatcher.tick()

    async function send(deliveries: readonly { id?: unknown }[]) {
      for (const { id } of deliveries) {
        await fixture.run(
          `UPDATE deliveries SET state = 'delivered', attempts = 1, message = '{}', due_at = NULL WHERE id = ?`,
          [id as string]
        )
      }
    }

    const sendAll = async () => send(await fixture.deliveries({ state: 'waiting' }))

    test('an account concerns its owner and the game masters of campaigns that may use it now, nobody else', async ({
      assert,
    }) => {
      const owner = await fixture.person('streamer')
      const master = await fixture.person('game_master')
      const stranger = await fixture.person('game_master')
      await fixture.person('streamer')
      const id = await fixture.channel('ana', owner)
      const campaign = await fixture.campaign('Friday', [id], [master])
      await fixture.campaign('Closed', [id], [stranger])
      const opened = await fixture.engine.windows.authorize(fixture.admin, campaign, id)
      assert.isTrue(opened.ok)
      await fixture.device(owner)
      await fixture.device(owner)
      await fixture.event('connection.deactivated', { connectionId: id, ...DEAD })
      assert.equal(await tick(), 1)
      assert.deepEqual(await told(), [
        'game_master-3 connection.deactivated 1: inbox, email',
        'streamer-2 connection.deactivated 1: inbox, email, push, push',
      ])
      assert.equal(await tick(), 0)
      const [event] = await fixture.all('SELECT dispatched_at FROM events')
      assert.equal(event.dispatched_at, fixture.clock.now())
    })

    test('nobody hears of an account that is muted, and the end of an earlier trouble still ends it', async ({
      assert,
    }) => {
      const owner = await fixture.person('streamer')
      const id = await fixture.channel('ana', owner)
      await fixture.event('connection.deactivated', { connectionId: id, ...DEAD })
      await tick()
      await fixture.run('UPDATE connections SET alerts_muted = true WHERE id = ?', [id])
      const other = { connectionId: id, severity: 'urgent', data: { cause: 'suspended' } } as const
      await fixture.event('connection.suspended', other)
      await fixture.event('connection.recovered', { connectionId: id, data: { cause: 'rejected' } })
      assert.equal(await tick(), 2)
      assert.deepEqual(
        (await fixture.matters()).map(({ event }) => event).filter((name) => name === 'connection.suspended'),
        []
      )
      const trouble = (await fixture.matters()).find(({ event }) => event === 'connection.deactivated')
      assert.isNotNull(trouble?.resolved_at)
    })

    test('what concerns no person who is there concerns admins and operators of the organization', async ({
      assert,
    }) => {
      await fixture.person('operator')
      await fixture.person('viewer')
      await fixture.person('admin', ELSEWHERE)
      await fixture.event('connection.deactivated', { connectionId: await fixture.channel('ana'), ...DEAD })
      await fixture.event('provider.paused', { provider: 'acme', data: { cause: 'unavailable' } })
      await tick()
      assert.deepEqual(await told(), [
        'admin-1 connection.deactivated 1: inbox, email',
        'admin-1 provider.paused 1: inbox, email',
        'operator-2 connection.deactivated 1: inbox, email',
        'operator-2 provider.paused 1: inbox, email',
      ])
    })

    test('a session in trouble concerns the leaders of its campaign even when the window is over', async ({
      assert,
    }) => {
      const master = await fixture.person('game_master')
      const owner = await fixture.person('streamer')
      const id = await fixture.channel('ana', owner)
      const campaign = await fixture.campaign('Friday', [id], [master])
      const data = { campaign_id: campaign, session_id: 'one', reason: 'window_closed', name: 'ana' }
      await fixture.event('campaign.session_unhealthy', { connectionId: id, severity: 'urgent', data })
      await tick()
      assert.deepEqual(await told(), [
        'game_master-2 campaign.session_unhealthy 1: inbox, email',
        'streamer-3 campaign.session_unhealthy 1: inbox, email',
      ])
    })

    test('accounts with one cause are one matter; another cause, provider or event is another one', async ({
      assert,
    }) => {
      const ids = await Promise.all(['ana', 'ben', 'cleo'].map((name) => fixture.channel(name)))
      for (const connectionId of ids) await fixture.event('connection.deactivated', { connectionId, ...DEAD })
      await fixture.event('connection.deactivated', { connectionId: ids[0], ...DEAD })
      await fixture.event('connection.deactivated', { connectionId: ids[0], data: { cause: 'unknown' } })
      await fixture.event('connection.suspended', { connectionId: ids[0], ...DEAD })
      await tick()
      assert.deepEqual(await told(), [
        'admin-1 connection.deactivated 1: inbox, email',
        'admin-1 connection.deactivated 3: inbox, email',
        'admin-1 connection.suspended 1: inbox, email',
      ])
      const due = (await fixture.deliveries()).map(({ due_at: at }) => Number(at) - fixture.clock.now())
      assert.sameMembers(due, [10 * SECOND, 10 * SECOND, 30 * SECOND])
    })

    test('what joins an open matter makes no new message; after an hour there is a new one', async ({
      assert,
    }) => {
      const [ana, ben, cleo] = await Promise.all(['ana', 'ben', 'cleo'].map((name) => fixture.channel(name)))
      await fixture.event('connection.deactivated', { connectionId: ana, ...DEAD })
      await tick()
      await sendAll()
      fixture.clock.advance(59 * MINUTE)
      await fixture.event('connection.deactivated', { connectionId: ben, ...DEAD })
      await tick()
      assert.deepEqual(await told(), ['admin-1 connection.deactivated 2: inbox, email delivered'])
      fixture.clock.advance(MINUTE)
      await fixture.event('connection.deactivated', { connectionId: cleo, ...DEAD })
      await tick()
      assert.deepEqual(await told(), [
        'admin-1 connection.deactivated 1: inbox, email',
        'admin-1 connection.deactivated 2: inbox, email delivered',
      ])
    })

    test('a webhook hears of every account: what comes after its message follows when the hour is over', async ({
      assert,
    }) => {
      const hook = await fixture.receiver('webhook')
      const slack = await fixture.receiver('slack_webhook')
      await fixture.rule(null, { channels: [hook, slack] })
      const start = fixture.clock.now()
      for (const name of ['ana', 'ben', 'cleo']) {
        await fixture.event('connection.deactivated', { connectionId: await fixture.channel(name), ...DEAD })
        await tick()
        if (name === 'ana') await sendAll()
        fixture.clock.advance(10 * MINUTE)
      }
      const expected = [
        'slack_webhook connection.deactivated 3: slack_webhook delivered',
        'webhook connection.deactivated 1: webhook delivered',
        'webhook connection.deactivated 2: webhook',
      ]
      assert.deepEqual((await told()).slice(1), expected)
      const [waiting] = await fixture.deliveries({ channel: 'webhook', state: 'waiting' })
      assert.equal(waiting.due_at, start + HOUR)
    })

    test('who was told of the trouble is told of its end, where they were told; the matter is resolved', async ({
      assert,
    }) => {
      const owner = await fixture.person('streamer')
      const id = await fixture.channel('ana', owner)
      const device = await fixture.device(owner)
      await fixture.event('connection.deactivated', { connectionId: id, ...DEAD })
      await tick()
      await sendAll()
      await fixture.run('DELETE FROM push_subscriptions WHERE id = ?', [device])
      await fixture.device(owner)
      fixture.clock.advance(MINUTE)
      await fixture.event('connection.recovered', { connectionId: id, severity: 'normal' })
      await tick()
      assert.deepEqual(await told(), [
        'streamer-2 connection.deactivated 1: inbox, email delivered, push delivered',
        'streamer-2 connection.recovered 1: inbox, email',
      ])
      const [matter] = await fixture.matters({ event: 'connection.deactivated' })
      assert.equal(matter.resolved_at, fixture.clock.now())
      await fixture.event('connection.recovered', { connectionId: id, severity: 'normal' })
      await tick()
      assert.lengthOf(await fixture.deliveries(), 3)
    })

    test('nobody is told of a recovery who was not told of the trouble', async ({ assert }) => {
      const id = await fixture.channel('ana')
      await fixture.event('connection.recovered', { connectionId: id, severity: 'normal' })
      await tick()
      assert.deepEqual(await fixture.matters(), [])
    })

    test('what is over before its message leaves is told by no message; the inbox has it as resolved', async ({
      assert,
    }) => {
      const [ana, ben] = await Promise.all(['ana', 'ben'].map((name) => fixture.channel(name)))
      for (const connectionId of [ana, ben])
        await fixture.event('connection.deactivated', { connectionId, ...DEAD })
      await tick()
      await fixture.event('connection.recovered', { connectionId: ana, severity: 'normal' })
      await tick()
      const [waiting] = await fixture.deliveries()
      assert.equal(waiting.state, 'waiting')
      await fixture.event('connection.recovered', { connectionId: ben, severity: 'normal' })
      await tick()
      assert.deepEqual(
        (await fixture.deliveries()).map(({ state, due_at: due }) => [state, due]),
        [
          ['cancelled', null],
          ['cancelled', null],
        ]
      )
      const [matter] = await fixture.matters({ event: 'connection.deactivated' })
      assert.equal(matter.resolved_at, fixture.clock.now())
    })

    test('trouble and its end in one look make a resolved matter and no message', async ({ assert }) => {
      const id = await fixture.channel('ana')
      await fixture.event('connection.deactivated', { connectionId: id, ...DEAD })
      await fixture.event('connection.recovered', { connectionId: id, severity: 'normal' })
      await fixture.event('connection.deactivated', { connectionId: id, ...DEAD })
      await tick()
      assert.deepEqual(await told(), [
        'admin-1 connection.deactivated 1: inbox, email',
        'admin-1 connection.deactivated 1: inbox, email cancelled',
        'admin-1 connection.recovered 1: ',
      ])
    })

    test('an account that fails again after its matter was resolved is told of again, and so is its recovery', async ({
      assert,
    }) => {
      const id = await fixture.channel('ana')
      for (let round = 0; round < 2; round++) {
        await fixture.event('connection.deactivated', { connectionId: id, ...DEAD })
        await tick()
        await sendAll()
        fixture.clock.advance(MINUTE)
        await fixture.event('connection.recovered', { connectionId: id, severity: 'normal' })
        await tick()
        await sendAll()
        fixture.clock.advance(MINUTE)
      }
      assert.lengthOf(await fixture.deliveries({ state: 'delivered' }), 4)
    })

    test('a provider that is back is told to who heard that it was paused; alerts and stalls end in silence', async ({
      assert,
    }) => {
      await fixture.event('provider.paused', { provider: 'acme', data: { cause: 'unavailable' } })
      await fixture.event('scheduler.stalled', { data: { rule: 'scheduler_stalled', subject: 'all' } })
      await fixture.event('figures.alert', { data: { rule: 'error_rate', subject: 'job:daily' } })
      await fixture.event('figures.alert', { data: { rule: 'error_rate', subject: 'job:other' } })
      await tick()
      await sendAll()
      fixture.clock.advance(MINUTE)
      await fixture.event('provider.recovered', { provider: 'other', severity: 'normal' })
      await fixture.event('provider.recovered', { provider: 'acme', severity: 'normal' })
      await fixture.event('scheduler.recovered', { data: { rule: 'scheduler_stalled', subject: 'all' } })
      await fixture.event('figures.recovered', { data: { rule: 'error_rate', subject: 'job:daily' } })
      await tick()
      assert.deepEqual(
        (await fixture.deliveries({ state: 'waiting' })).map(({ channel }) => channel),
        ['email']
      )
      const unresolved = (await fixture.matters()).filter(({ resolved_at: at }) => at === null)
      assert.deepEqual(unresolved.map(({ event }) => event).toSorted(), [
        'figures.alert',
        'provider.recovered',
      ])
    })

    test('connecting an account again resolves the warning that its grant ends', async ({ assert }) => {
      const id = await fixture.channel('ana')
      await fixture.event('connection.expiring', { connectionId: id, data: { reason: 'deadline', days: 7 } })
      await fixture.event('connection.expiring', { connectionId: id, data: { reason: 'deadline', days: 1 } })
      await tick()
      await sendAll()
      await fixture.event('connection.connected', { connectionId: id, severity: 'normal' })
      await tick()
      const warnings = await fixture.matters({ event: 'connection.expiring' })
      assert.deepEqual(
        warnings.map(({ resolved_at: at }) => at),
        [fixture.clock.now(), fixture.clock.now()]
      )
      assert.lengthOf(await fixture.deliveries(), 2)
    })

    test('quiet hours hold back push and e-mail, never the inbox and never what is urgent', async ({
      assert,
    }) => {
      const owner = await fixture.person('streamer')
      await fixture.device(owner)
      await fixture.run("UPDATE users SET time_zone = 'Asia/Tokyo' WHERE id = ?", [owner.userId])
      await fixture.prefer(owner, { quiet_from: '20:00', quiet_until: '07:00' })
      const id = await fixture.channel('ana', owner)
      await fixture.event('connection.refresh_failed', { connectionId: id, severity: 'high' })
      await fixture.event('connection.deactivated', { connectionId: id, ...DEAD })
      await tick()
      // It is 21:00 in Tokyo.
      const due = (await fixture.deliveries()).map(({ due_at: at }) => Number(at) - fixture.clock.now())
      assert.sameMembers(due, [10 * HOUR, 10 * HOUR, 10 * SECOND, 10 * SECOND])
      assert.lengthOf(
        (await fixture.matters()).filter((one) => Boolean(one.in_inbox)),
        2
      )
    })

    test('a digest takes in what comes until it leaves; what is urgent does not wait for it', async ({
      assert,
    }) => {
      const owner = await fixture.person('streamer')
      await fixture.rule(owner, { channels: ['inbox', 'email'], digest: 'daily' })
      const [ana, ben] = [await fixture.channel('ana', owner), await fixture.channel('ben', owner)]
      await fixture.event('connection.refresh_failed', { connectionId: ana, data: { cause: 'locked' } })
      await tick()
      fixture.clock.advance(HOUR)
      await fixture.event('connection.refresh_failed', { connectionId: ben, data: { cause: 'lapsed' } })
      await fixture.event('connection.deactivated', { connectionId: ben, ...DEAD })
      await tick()
      const deliveries = await fixture.deliveries()
      const digest = deliveries.find((one) => Boolean(one.is_digest))
      assert.lengthOf(deliveries, 2)
      assert.lengthOf(digest?.matters as string[], 2)
      assert.equal(digest?.due_at, Date.UTC(2026, 10, 22, 8))
      await fixture.event('connection.recovered', { connectionId: ana, severity: 'normal' })
      await tick()
      const [left] = await fixture.deliveries({ id: digest?.id as string })
      assert.lengthOf(left.matters as string[], 1)
      assert.equal(left.state, 'waiting')
    })

    test('single refreshes go to webhooks that ask for them, in messages of half a minute', async ({
      assert,
    }) => {
      const [hook, slack] = [await fixture.receiver('webhook'), await fixture.receiver('slack_webhook')]
      await fixture.rule(null, { channels: [hook, slack], events: ['connection.refreshed'] })
      await fixture.rule(
        { ...fixture.admin, userId: fixture.admin.userId ?? '' },
        {
          events: ['connection.refreshed'],
        }
      )
      const id = await fixture.channel('ana')
      for (let round = 0; round < 2; round++) {
        await fixture.event('connection.refreshed', { connectionId: id, severity: 'normal' })
        await tick()
        await sendAll()
        fixture.clock.advance(30 * SECOND)
      }
      const expected = 'webhook connection.refreshed 1: webhook delivered'
      assert.deepEqual(await told(), [expected, expected])
    })

    test('an event that nobody can read is passed over and told in the log', async ({ assert }) => {
      await fixture.run(
        `INSERT INTO events (id, organization_id, name, severity, data, dedupe_key, created_at)
        VALUES (?, ?, 'provider.paused', 'high', '[]', 'bad', ?t)`,
        ['00000000-0000-7000-8000-0000000000e1', fixture.admin.organizationId, fixture.clock.now()]
      )
      await fixture.event('nobody.knows')
      await fixture.event('run.failed', { data: { job: 'daily' } })
      const lines: string[] = []
      const logger = { error: (fields: object) => void lines.push(JSON.stringify(fields)) }
      const { clock, driver } = fixture
      assert.equal(await new Dispatcher({ driver, clock, settings, logger }).tick(), 3)
      assert.deepEqual(await told(), ['admin-1 run.failed 1: inbox, email'])
      assert.lengthOf(lines, 2)
      assert.include(lines[0], 'data is no object')
      assert.include(lines[1], 'nobody.knows')
    })

    test('a dispatch that fails leaves nothing behind, and does not hold up another organization', async ({
      assert,
    }) => {
      const other = await fixture.person('admin', ELSEWHERE)
      await fixture.event('run.failed', { data: { job: 'daily' } })
      await fixture.event('run.failed', { data: { job: 'daily' }, organizationId: ELSEWHERE })
      const { clock, driver } = fixture
      const breaking = new Dispatcher({ driver: breakingOnce(driver), clock, settings })
      await assert.rejects(() => breaking.tick(), 'the disk is full')
      assert.deepEqual(await told(), ['admin-2 run.failed 1: inbox, email'])
      assert.equal((await fixture.matters())[0].organization_id, other.organizationId)
      assert.equal(await tick(), 1)
      assert.lengthOf(await fixture.deliveries(), 2)
    })

    test('two processes that look at once tell everything once', async ({ assert }) => {
      for (const name of ['ana', 'ben', 'cleo']) {
        await fixture.event('connection.deactivated', { connectionId: await fixture.channel(name), ...DEAD })
      }
      const other = fixture.otherDispatcher()
      const found = await Promise.all([tick(), other.tick(), tick(), other.tick()])
      assert.equal(
        found.reduce((sum, one) => sum + one, 0),
        3
      )
      assert.deepEqual(await told(), ['admin-1 connection.deactivated 3: inbox, email'])
    })

    test('a copy of a database tells nobody of anything', async ({ assert, cleanup }) => {
      cleanup(async () => void (await fixture.run('DELETE FROM installation', [])))
      await fixture.engine.installation.check()
      await fixture.event('run.failed', { data: { job: 'daily' } })
      await fixture.quarantine('moved')
      assert.equal(await tick(), 0)
    })
  })
}

/** A driver whose first transaction that is about to end breaks. */
function breakingOnce(driver: StoreDriver): StoreDriver {
  let isBroken = false
  return {
    ...driver,
    transaction: (work) =>
      driver.transaction(function* () {
        const steps = work()
        let step = steps.next()
        while (!step.done) {
          if (!isBroken && 'sql' in step.value && step.value.sql.startsWith('UPDATE events')) {
            isBroken = true
            throw new Error('the disk is full')
          }
          step = steps.next(yield step.value)
        }
        return step.value
      }),
  }
}
