/** From the engine's own events to the messages that wait: nothing is put into the outbox by hand. */
import { test } from '@japa/runner'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { notificationFixture, type NotificationFixture } from '#tests/helpers/notification_fixture'
import { HOUR, MINUTE } from '#tests/helpers/refresh_fixtures'
import { json } from '#tests/helpers/token_server'

const dialects: Dialect[] = ['sqlite', 'postgres']

for (const dialect of dialects) {
  test.group(`Strikes and messages on ${dialect}`, (group) => {
    let fixture: NotificationFixture
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await notificationFixture(dialect, (work) => context.cleanup(work))
    })

    /** A member whose window is open and whose token is about to be due. */
    async function member() {
      const [owner, master] = [await fixture.person('streamer'), await fixture.person('game_master')]
      const id = await fixture.channel('ana', owner)
      const campaign = await fixture.campaign('Friday', [id], [master])
      const opened = await fixture.engine.windows.authorize(fixture.admin, campaign, id)
      if (!opened.ok) throw new Error(JSON.stringify(opened))
      await fixture.dispatcher.tick()
      fixture.clock.advance(3 * HOUR)
      return { owner, master, id, campaign }
    }

    async function refresh() {
      const report = await fixture.engine.refresh.refreshDue()
      await fixture.dispatcher.tick()
      return report
    }

    async function strikeTwice() {
      fixture.server.revoke('ana')
      const first = await refresh()
      fixture.clock.advance(15 * MINUTE)
      return [first, await refresh()]
    }

    const targets = async (where = {}) =>
      (await fixture.deliveries(where)).map(({ target }) => target as string).toSorted()

    test("two strikes on a campaign member notify that streamer and the campaign's game masters, once, on each channel they chose, and nobody else", async ({
      assert,
    }) => {
      const { owner, master, id } = await member()
      for (const role of ['operator', 'viewer', 'streamer', 'game_master'] as const)
        await fixture.person(role)
      const elsewhere = await fixture.campaign('Closed', [id], [await fixture.person('game_master')])
      assert.isString(elsewhere)
      const devices = [await fixture.device(owner), await fixture.device(owner)]
      await fixture.rule(owner, { channels: ['inbox', 'push'] })
      await fixture.rule(master, { channels: ['email'], events: ['connection.deactivated'] })
      fixture.server.revoke('ana')
      assert.deepEqual(await refresh(), { refreshed: 0, failed: 1 })
      assert.deepEqual(await targets(), [], 'a first strike is told to nobody')
      fixture.clock.advance(15 * MINUTE)
      assert.deepEqual(await refresh(), { refreshed: 0, failed: 1 })
      const expected = [`email:${master.userId}`, ...devices.map((device) => `push:${device}`)]
      assert.deepEqual(await targets(), expected.toSorted())
      const matters = await fixture.matters()
      assert.sameMembers(
        matters.map(({ user_id: user }) => user),
        [owner.userId, master.userId]
      )
      for (const matter of matters)
        assert.containSubset(matter, {
          event: 'connection.deactivated',
          severity: 'urgent',
          cause: 'rejected',
        })
      assert.sameDeepMembers(
        matters.map((one) => [one.user_id, Boolean(one.in_inbox)]),
        [
          [owner.userId, true],
          [master.userId, false],
        ]
      )
      await Promise.all([fixture.dispatcher.tick(), fixture.otherDispatcher().tick()])
      assert.lengthOf(await fixture.deliveries(), 3)
    })

    test('an account that is connected again is told as recovered to those who heard that it was dead', async ({
      assert,
    }) => {
      const { owner, master, id } = await member()
      await strikeTwice()
      const told = await targets({ state: 'waiting' })
      assert.deepEqual(told, [`email:${master.userId}`, `email:${owner.userId}`].toSorted())
      await fixture.run(`UPDATE deliveries SET state = 'delivered', attempts = 1, due_at = NULL`, [])
      fixture.clock.advance(HOUR)
      fixture.server.always((response, grant) => json(response, 200, grant()))
      await fixture.engine.refresh.refreshOne(id, { kind: 'manual', force: true })
      await fixture.dispatcher.tick()
      assert.deepEqual(await targets({ state: 'waiting' }), told)
      const dead = await fixture.matters({ event: 'connection.deactivated' })
      assert.isTrue(dead.every(({ resolved_at: at }) => at === fixture.clock.now()))
    })

    test('an account that is well again before the message left is told of by no message', async ({
      assert,
    }) => {
      const { id } = await member()
      await strikeTwice()
      fixture.clock.advance(1_000)
      fixture.server.always((response, grant) => json(response, 200, grant()))
      await fixture.engine.refresh.refreshOne(id, { kind: 'manual', force: true })
      await fixture.dispatcher.tick()
      assert.deepEqual(await targets({ state: 'waiting' }), [])
      assert.lengthOf(await targets({ state: 'cancelled' }), 2)
    })
  })
}
