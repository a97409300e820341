import { test } from '@japa/runner'
import type { Engine } from '#services/build_engine'
import { engineFixture, postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'
import { ended, insert, logged, ORGANIZATION } from '#tests/helpers/log_fixture'
import { HOUR, MINUTE, NOW } from '#tests/helpers/refresh_fixtures'

const dialects: Dialect[] = ['sqlite', 'postgres']
const DAY = 24 * HOUR

for (const dialect of dialects) {
  test.group(`Alerts on ${dialect}`, (group) => {
    let fixture: EngineFixture
    let engine: Engine
    let id: string
    group.each.timeout(30_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await engineFixture(dialect, (work) => context.cleanup(work))
      engine = fixture.engine
      id = await fixture.connect('ana', { next_refresh_at: NOW + 9 * DAY })
    })

    async function events() {
      const rows = await fixture.all(
        'SELECT name, severity, data FROM events ORDER BY created_at, name, dedupe_key'
      )
      return rows.map(({ name, severity, data }) => {
        const { rule, subject } = (typeof data === 'string' ? JSON.parse(data) : data) as Record<
          string,
          string
        >
        return [name, severity, rule, subject].filter(Boolean).join(' ')
      })
    }

    async function attempts(success: number, failed: number) {
      const at = fixture.clock.now() - MINUTE
      for (let count = 0; count < success; count++) await logged(fixture, id, at)
      for (let count = 0; count < failed; count++) await logged(fixture, id, at, { outcome: 'failed' })
    }

    test('X8: a success rate below 95 % is told once, and once when it is good again', async ({ assert }) => {
      await attempts(18, 2)
      const sibling = fixture.sibling()
      const looks = await Promise.all([engine, sibling].map((one) => one.alerts.look()))
      assert.equal(looks[0].opened + looks[1].opened, 2)
      await engine.alerts.look()
      const begun = ['figures.alert high error_rate provider:acme', 'figures.alert high success_rate all']
      assert.deepEqual(await events(), begun)
      assert.deepInclude((await engine.alerts.open(ORGANIZATION))[0], { rule: 'error_rate', value: 0.1 })
      fixture.clock.advance(2 * HOUR)
      await attempts(20, 0)
      await Promise.all([engine, sibling].map((one) => one.alerts.look()))
      assert.deepEqual((await events()).slice(2), [
        'figures.recovered normal error_rate provider:acme',
        'figures.recovered normal success_rate all',
      ])
      assert.deepEqual(await engine.alerts.open(ORGANIZATION), [])
    })

    test('one failure of two tells nothing', async ({ assert }) => {
      await attempts(1, 1)
      await engine.alerts.look()
      assert.deepEqual(await events(), [])
    })

    test('a figure that is good again at once is told when it has stayed so for a quarter of an hour', async ({
      assert,
    }) => {
      await attempts(18, 2)
      await engine.alerts.look()
      await attempts(100, 0)
      assert.equal((await engine.alerts.look()).closed, 0)
      fixture.clock.advance(15 * MINUTE)
      assert.equal((await engine.alerts.look()).closed, 2)
    })

    test('an alert whose figure nobody can judge any more ends after a day', async ({ assert }) => {
      await attempts(18, 2)
      await engine.alerts.look()
      fixture.clock.advance(23 * HOUR)
      assert.equal((await engine.alerts.look()).closed, 0)
      fixture.clock.advance(HOUR)
      assert.equal((await engine.alerts.look()).closed, 2)
    })

    test('X8: an error rate above 5 % is told of the provider and of the job', async ({ assert }) => {
      const run = await ended(fixture, NOW - MINUTE, 1_000)
      for (let count = 0; count < 20; count++)
        await logged(fixture, id, NOW - MINUTE, { run_id: run, outcome: count < 2 ? 'failed' : 'success' })
      await engine.alerts.look()
      assert.includeMembers(await events(), [
        'figures.alert high error_rate job:daily',
        'figures.alert high error_rate provider:acme',
      ])
    })

    test('X8: runs of more than 30 s on average are told', async ({ assert }) => {
      for (const took of [31_000, 32_000, 33_000]) await ended(fixture, NOW - HOUR, took)
      await engine.alerts.look()
      assert.deepEqual(await events(), ['figures.alert high run_time job:daily'])
    })

    test('tokens that are overdue are told, and again when none is', async ({ assert }) => {
      await fixture.update(id, { next_refresh_at: NOW - 6 * MINUTE })
      await insert(fixture, 'workers', worker(NOW))
      await engine.alerts.look()
      assert.deepEqual(await events(), ['figures.alert high overdue all'])
      fixture.clock.advance(HOUR)
      await fixture.update(id, { next_refresh_at: NOW + 9 * DAY })
      await fixture.run('UPDATE workers SET scheduler_ticked_at = ?t', [fixture.clock.now()])
      await engine.alerts.look()
      assert.deepEqual((await events()).slice(1), ['figures.recovered normal overdue all'])
    })

    test('a scheduler that stands still is told at once, and when it goes on', async ({ assert }) => {
      await insert(fixture, 'workers', worker(NOW - 61_000))
      await engine.alerts.look()
      assert.deepEqual(await events(), ['scheduler.stalled urgent scheduler_stalled all'])
      fixture.clock.advance(HOUR)
      await fixture.run('UPDATE workers SET scheduler_ticked_at = ?t', [fixture.clock.now()])
      await engine.alerts.look()
      assert.deepEqual((await events()).slice(1), ['scheduler.recovered normal scheduler_stalled all'])
    })

    test('a run that failed is told once', async ({ assert }) => {
      await ended(fixture, NOW - HOUR, 1_000, { state: 'failed', error: 'database is gone' })
      await Promise.all([engine, fixture.sibling()].map((one) => one.alerts.look()))
      await engine.alerts.look()
      assert.deepEqual(await events(), ['run.failed high'])
    })

    test('a copy of a database tells of nothing', async ({ assert, cleanup }) => {
      cleanup(async () => void (await fixture.run('DELETE FROM installation', [])))
      await engine.installation.check()
      await fixture.quarantine('moved')
      await attempts(10, 10)
      await engine.alerts.look()
      assert.deepEqual(await events(), [])
    })
  })
}

const worker = (tickedAt: number) => ({
  host: 'elsewhere',
  boot_id: 'boot',
  pid: 1,
  role: 'web',
  started_at: NOW - DAY,
  beat_at: NOW,
  scheduler_ticked_at: tickedAt,
  scheduler_interval_ms: 1_000,
})
