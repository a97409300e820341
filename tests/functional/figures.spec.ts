import { test } from '@japa/runner'
import type { Engine } from '#services/build_engine'
import { engineFixture, postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'
import { ended, logged, ORGANIZATION } from '#tests/helpers/log_fixture'
import { HOUR, MINUTE, NOW } from '#tests/helpers/refresh_fixtures'

const dialects: Dialect[] = ['sqlite', 'postgres']
const DAY = 24 * HOUR

for (const dialect of dialects) {
  test.group(`Figures on ${dialect}`, (group) => {
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
      id = await fixture.connect('ana', { next_refresh_at: NOW + DAY })
    })

    const past = (length: number) => ({ from: fixture.clock.now() - length, to: fixture.clock.now() + 1 })
    const total = async (length: number) => (await engine.figures.figures(ORGANIZATION, past(length))).total
    const rolled = async () =>
      Number((await fixture.all('SELECT COALESCE(sum(attempts), 0) AS count FROM refresh_figures'))[0].count)

    test('X8: rates and times per provider, kind and job', async ({ assert }) => {
      const run = await ended(fixture, NOW - MINUTE, 5_000, { job: 'daily' })
      for (let count = 0; count < 9; count++) await logged(fixture, id, NOW - 3 * HOUR, { duration_ms: 100 })
      await logged(fixture, id, NOW - MINUTE, { outcome: 'failed', run_id: run, duration_ms: 1_000 })
      await logged(fixture, id, NOW - MINUTE, { provider: 'other', kind: 'manual' })
      await engine.figures.rollUp()
      const report = await engine.figures.figures(ORGANIZATION, past(DAY))
      assert.deepInclude(report.total, { attempts: 11, success: 10, failed: 1, meanMs: 182 })
      const rates = report.providers.map(({ name, successRate }) => [name, successRate])
      assert.deepEqual(rates, [
        ['acme', 0.9],
        ['other', 1],
      ])
      assert.deepEqual(
        report.jobs.map(({ name, errorRate }) => [name, errorRate]),
        [
          ['', 0],
          ['daily', 1],
        ]
      )
      assert.deepEqual(
        report.cells.map(({ provider, kind, attempts }) => [provider, kind, attempts]).toSorted(),
        [
          ['acme', 'scheduled', 10],
          ['other', 'manual', 1],
        ]
      )
      const [daily] = await engine.figures.runs(ORGANIZATION, past(DAY))
      assert.deepInclude(daily, { job: 'daily', runs: 1, failed: 0, meanMs: 5_000 })
    })

    test('figures are narrowed to a provider, a kind and a job; a test counts only where it is asked for', async ({
      assert,
    }) => {
      await logged(fixture, id, NOW - HOUR)
      await logged(fixture, id, NOW - HOUR, { kind: 'manual', provider: 'other' })
      await logged(fixture, id, NOW - HOUR, { kind: 'test', outcome: 'failed' })
      const count = async (narrow: object) =>
        (await engine.figures.figures(ORGANIZATION, { ...past(DAY), ...narrow })).total.attempts
      assert.equal(await count({}), 2)
      assert.equal(await count({ provider: 'other' }), 1)
      assert.equal(await count({ kind: 'test' }), 1)
      assert.equal(await count({ job: 'daily' }), 0)
    })

    test('the figures of any period are the same before, while and after they are rolled up', async ({
      assert,
    }) => {
      for (let step = 0; step < 50; step++) {
        const outcome = step % 7 === 0 ? 'failed' : 'success'
        await logged(fixture, id, NOW - step * 37 * MINUTE, { outcome, duration_ms: step * 31 })
      }
      const periods = [MINUTE, 30 * MINUTE, HOUR, 3 * HOUR + 17, 20 * HOUR]
      const all = async () => Promise.all(periods.map((length) => total(length)))
      const before = await all()
      assert.deepEqual(
        before.map(({ attempts }) => attempts),
        [1, 1, 2, 5, 33]
      )
      await engine.figures.rollUp()
      assert.deepEqual(await all(), before)
      assert.equal(await rolled(), 49)
    })

    test('each attempt is counted once, however many processes roll up and however often', async ({
      assert,
    }) => {
      for (let step = 0; step < 30; step++) await logged(fixture, id, NOW - HOUR - step)
      const sibling = fixture.sibling()
      await Promise.all([engine, sibling, engine].map((one) => one.figures.rollUp()))
      await engine.figures.rollUp()
      assert.equal(await rolled(), 30)
      assert.equal((await total(2 * HOUR)).attempts, 30)
    })

    test('a roll-up that is told to stop carries on later', async ({ assert }) => {
      for (let step = 0; step < 5; step++) await logged(fixture, id, NOW - HOUR - step)
      await engine.figures.rollUp({ signal: AbortSignal.abort() })
      assert.equal(await rolled(), 0)
      await engine.figures.rollUp()
      assert.equal(await rolled(), 5)
    })

    test('figures outlive the log', async ({ assert }) => {
      for (let step = 0; step < 10; step++) await logged(fixture, id, NOW - 40 * DAY - step)
      await engine.figures.rollUp()
      await engine.retention.prune()
      assert.equal((await fixture.attempts(id)).length, 1)
      assert.equal((await total(60 * DAY)).attempts, 10)
    })

    test('tokens that end within the margin of their provider are expiring soon', async ({ assert }) => {
      await fixture.connect('ben', { token_expires_at: NOW + 10 * MINUTE, next_refresh_at: NOW + DAY })
      await fixture.connect('cleo', { token_expires_at: NOW + 4 * MINUTE, paused_at: NOW })
      const soon = await engine.figures.expiringSoon(ORGANIZATION, [{ id: 'acme', margin: 5 * MINUTE }])
      assert.deepEqual([...soon], [['acme', 1]])
    })
  })
}
