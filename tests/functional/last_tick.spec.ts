/** A scheduler that is gone must not look as if there had never been one. */
import { hostname } from 'node:os'
import { test } from '@japa/runner'
import settings from '#config/notifications'
import { Dispatcher } from '#notifications/dispatcher'
import { readReadiness } from '#services/observability/readiness_checks'
import { StallWatch } from '#services/scheduler/stall_watch'
import { listWorkers } from '#services/schedule_pages'
import { deliveryFixture, ORGANIZATION, type DeliveryFixture } from '#tests/helpers/delivery_fixture'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { insert } from '#tests/helpers/log_fixture'
import { HttpReceiver } from '#tests/helpers/receivers/http_receiver'
import { HOUR, MINUTE, NOW, SECOND } from '#tests/helpers/refresh_fixtures'

for (const dialect of ['sqlite', 'postgres'] satisfies Dialect[]) {
  test.group(`The last tick on ${dialect}`, (group) => {
    let fixture: DeliveryFixture
    let cleanup: (work: () => Promise<void>) => void
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      cleanup = (work) => context.cleanup(work)
      fixture = await deliveryFixture(dialect, cleanup)
    })

    /** A process of this host that ticked and was killed. */
    const killed = (values: object = {}) =>
      insert(fixture, 'workers', {
        ...{ host: hostname(), boot_id: 'an earlier boot', pid: 1, role: 'scheduler' },
        ...{ started_at: NOW - HOUR, beat_at: NOW, scheduler_ticked_at: NOW, scheduler_interval_ms: SECOND },
        ...values,
      })
    const tickAge = async () => {
      const { driver, engine } = fixture
      return (await readReadiness({ ...engine, driver })).tick?.age ?? null
    }
    const watch = () =>
      new StallWatch({
        ...fixture.engine,
        notifications: { dispatcher: new Dispatcher({ ...fixture, settings }), notifier: fixture.notifier() },
      })
    /** Everything is told to a webhook. */
    async function receiver() {
      const found = await HttpReceiver.start(cleanup)
      const { id } = await fixture.channel('webhook', found.url())
      await insert(fixture, 'notification_rules', {
        ...{ organization_id: ORGANIZATION, name: 'All', events: '[]', providers: '[]', tags: '[]' },
        ...{ channels: JSON.stringify([id]), created_at: NOW - HOUR },
      })
      return found
    }

    test('outlives a scheduler that was killed, whose process counts as alive no more', async ({
      assert,
    }) => {
      const id = await killed()
      fixture.clock.advance(MINUTE)
      await fixture.engine.workers.register()
      assert.equal(await tickAge(), MINUTE)
      assert.isFalse((await fixture.engine.workers.alive()).has(id))
    })

    test('outlives a scheduler that stopped as it was told', async ({ assert }) => {
      const sibling = fixture.sibling()
      await sibling.workers.register()
      await sibling.workers.tick(SECOND)
      await sibling.workers.leave()
      fixture.clock.advance(MINUTE)
      await fixture.engine.workers.register()
      assert.equal(await tickAge(), MINUTE)
      assert.deepEqual([...(await fixture.engine.workers.alive())], [fixture.engine.workers.id])
    })

    test('goes with the first tick after it, and after a day', async ({ assert }) => {
      await killed()
      fixture.clock.advance(MINUTE)
      const { workers } = fixture.engine
      await workers.register()
      await workers.tick(SECOND)
      await workers.register()
      assert.lengthOf(await fixture.all('SELECT id FROM workers'), 1)
      await workers.leave()
      fixture.clock.advance(24 * HOUR + 1)
      const sibling = fixture.sibling()
      await sibling.workers.register()
      assert.isNull(await tickAge())
    })

    test('a process without a tick leaves nothing behind', async ({ assert }) => {
      await fixture.engine.workers.register()
      await fixture.engine.workers.leave()
      assert.deepEqual(await fixture.all('SELECT id FROM workers'), [])
    })

    test('a web process tells of the stall itself when the only scheduler is dead', async ({ assert }) => {
      const { received } = await receiver()
      await killed()
      await watch().look()
      assert.lengthOf(received, 0)
      for (let minute = 0; minute < 5; minute++) {
        fixture.clock.advance(MINUTE)
        await watch().look()
      }
      assert.deepEqual(
        received.map(({ body }) => JSON.parse(body).type),
        ['scheduler.stalled']
      )
    })

    test('a web process leaves the messages to a scheduler that ticks', async ({ assert }) => {
      const { received } = await receiver()
      await insert(fixture, 'events', {
        ...{ organization_id: ORGANIZATION, name: 'run.failed', severity: 'urgent', data: '{}' },
        ...{ dedupe_key: 'one', created_at: NOW },
      })
      const elsewhere = await killed({ host: 'elsewhere' })
      for (let minute = 0; minute < 5; minute++) {
        fixture.clock.advance(MINUTE)
        const at = fixture.clock.now()
        await fixture.run('UPDATE workers SET scheduler_ticked_at = ?t, beat_at = ?t WHERE id = ?', [
          ...[at, at, elsewhere],
        ])
        await watch().look()
      }
      assert.lengthOf(received, 0)
    })
  })
}

test.group('The schedule page', () => {
  test('lists no process that is gone', async ({ assert, cleanup }) => {
    const { engine } = await deliveryFixture('sqlite', (work) => cleanup(work))
    await engine.workers.register()
    await engine.workers.tick(SECOND)
    assert.lengthOf(await listWorkers(), 1)
    await engine.workers.leave()
    assert.lengthOf(await listWorkers(), 0)
  })
})
