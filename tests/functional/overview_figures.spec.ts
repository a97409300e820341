import { test } from '@japa/runner'
import type { Engine } from '#services/build_engine'
import { engineFixture, postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'
import { logged, ORGANIZATION } from '#tests/helpers/log_fixture'
import { HOUR, MINUTE, NOW } from '#tests/helpers/refresh_fixtures'

const dialects: Dialect[] = ['sqlite', 'postgres']
const DAY = 24 * HOUR
const FAILED = { outcome: 'failed', failure_class: 'rejected' }

const NONE = { ok: 0, retried: 0, failed: 0 }

for (const dialect of dialects) {
  test.group(`Figures of the overview on ${dialect}`, (group) => {
    let fixture: EngineFixture
    let engine: Engine
    group.each.timeout(30_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await engineFixture(dialect, (work) => context.cleanup(work))
      engine = fixture.engine
    })

    test('both clocks are counted by provider and part; a part holds its end and not its begin', async ({
      assert,
    }) => {
      const from = NOW - (NOW % HOUR)
      await fixture.connect('at-begin', { token_expires_at: from })
      await fixture.connect('first', { token_expires_at: from + 1, grant_expires_at: from + 3 * HOUR })
      await fixture.connect('at-end', { token_expires_at: from + HOUR })
      await fixture.connect('second', { token_expires_at: from + HOUR + 1, is_active: false })
      await fixture.connect('last', { token_expires_at: from + 4 * HOUR })
      await fixture.connect('beyond', { token_expires_at: from + 4 * HOUR + 1 })
      const endings = await engine.overview.endings(ORGANIZATION, { from, step: HOUR, count: 4 }, from)
      const sums = new Map<string, number>()
      for (const { provider, clock, part, accounts } of endings) {
        const key = `${provider} ${clock} ${part}`
        sums.set(key, (sums.get(key) ?? 0) + accounts)
      }
      assert.deepEqual([...sums].toSorted(), [
        ['acme grant 2', 1],
        ['acme token 0', 2],
        ['acme token 1', 1],
        ['acme token 3', 1],
      ])
      assert.deepEqual(await engine.overview.endings(fixtureOther, { from, step: HOUR, count: 4 }, from), [])
    })

    test('what has ended already in this part is not counted among what ends', async ({ assert }) => {
      const from = NOW - (NOW % HOUR)
      const now = from + 20 * MINUTE
      await fixture.connect('over', { token_expires_at: now, grant_expires_at: now - 1 })
      await fixture.connect('ahead', { token_expires_at: now + 1 })
      const endings = await engine.overview.endings(ORGANIZATION, { from, step: HOUR, count: 4 }, now)
      assert.deepEqual(endings, [{ provider: 'acme', clock: 'token', part: 0, accounts: 1 }])
    })

    test('what comes next leaves out who is paused or given up', async ({ assert }) => {
      await fixture.connect('paused', {
        next_refresh_at: NOW + MINUTE,
        paused_at: NOW,
        token_expires_at: NOW + 1,
      })
      await fixture.connect('dead', {
        next_refresh_at: NOW + MINUTE,
        is_active: false,
        token_expires_at: NOW,
      })
      await fixture.connect('alive', { next_refresh_at: NOW + 5 * MINUTE, token_expires_at: NOW + HOUR })
      const look = { now: NOW, within: HOUR, closedGates: new Map() }
      const soon = await engine.overview.soon(ORGANIZATION, look)
      assert.deepEqual(soon, { nextAt: NOW + 5 * MINUTE, ending: 2 })
      assert.deepEqual(await engine.overview.soon(fixtureOther, look), { nextAt: null, ending: 0 })
      const closed = { reason: 'unavailable', errorCode: null, until: NOW + 9 * MINUTE }
      const held = { ...look, closedGates: new Map([['acme', closed]]) }
      assert.equal((await engine.overview.soon(ORGANIZATION, held)).nextAt, NOW + 9 * MINUTE)
    })

    test('troubles are grouped by their cause; healthy and paused accounts are none', async ({ assert }) => {
      const dead = { status: 'needs_reauth', status_reason: 'rejected', is_active: false }
      for (const name of ['one', 'two', 'three']) await fixture.connect(name, dead)
      await fixture.connect('struck', { token_refresh_failed_at: NOW, status_reason: 'not_sent' })
      await fixture.connect('paused', { ...dead, paused_at: NOW })
      await fixture.connect('healthy')
      const troubles = await engine.overview.troubles(ORGANIZATION)
      const found = troubles.map(({ status, reason, isActive, accounts }) => [
        status,
        reason,
        isActive,
        accounts,
      ])
      assert.deepEqual(found.toSorted(), [
        ['connected', 'not_sent', true, 1],
        ['needs_reauth', 'rejected', false, 3],
      ])
    })

    test('an account was last tried when its newest real attempt was made', async ({ assert }) => {
      const [id, untried] = [await fixture.connect('ana'), await fixture.connect('bea')]
      await logged(fixture, id, NOW - HOUR, FAILED)
      await logged(fixture, id, NOW - MINUTE, { kind: 'test' })
      assert.deepEqual([...(await engine.overview.lastTried([id, untried]))], [[id, NOW - HOUR]])
      assert.equal((await engine.overview.lastTried([])).size, 0)
    })

    test('refreshes over time, of all providers or of one, are the same before and after they are rolled up', async ({
      assert,
    }) => {
      const id = await fixture.connect('ana')
      const end = NOW - (NOW % HOUR) + HOUR
      const query = { from: end - DAY, step: HOUR, count: 24 }
      await logged(fixture, id, query.from, { duration_ms: 50 })
      await logged(fixture, id, end - 3 * HOUR, FAILED)
      await logged(fixture, id, end - 3 * HOUR, { ...FAILED, transition: 'deactivated' })
      await logged(fixture, id, end - 3 * HOUR, { ...FAILED, transition: 'first_strike' })
      await logged(fixture, id, end - 3 * HOUR + 1, { error_code: 'not_extended' })
      await logged(fixture, id, NOW, { provider: 'other' })
      await logged(fixture, id, NOW - MINUTE, { kind: 'test' })
      await logged(fixture, id, query.from - 1)
      const before = await engine.overview.series(ORGANIZATION, query)
      assert.deepEqual(before.parts[0], { ok: 1, retried: 0, failed: 0 })
      assert.deepEqual(before.parts[21], { ok: 1, retried: 2, failed: 1 })
      assert.deepEqual(before.parts[23], { ok: 1, retried: 0, failed: 0 })
      assert.deepEqual(
        before.providers.map(({ name, attempts }) => [name, attempts]),
        [
          ['acme', 5],
          ['other', 1],
        ]
      )
      const other = await engine.overview.series(ORGANIZATION, { ...query, provider: 'other' })
      assert.deepEqual([other.parts[21], other.parts[23]], [NONE, { ok: 1, retried: 0, failed: 0 }])
      assert.equal(other.total.attempts, 1)
      await engine.figures.rollUp()
      assert.deepEqual(await engine.overview.series(ORGANIZATION, query), before)
      assert.deepEqual(await engine.overview.series(ORGANIZATION, { ...query, provider: 'other' }), other)
    })

    test('parts shorter than an hour come from the log', async ({ assert }) => {
      const id = await fixture.connect('ana')
      await logged(fixture, id, NOW - 7 * MINUTE)
      await engine.figures.rollUp()
      const query = { from: NOW - 10 * MINUTE, step: 5 * MINUTE, count: 2 }
      const { parts } = await engine.overview.series(ORGANIZATION, query)
      assert.deepEqual(
        parts.map(({ ok }) => ok),
        [1, 0]
      )
    })
  })
}

/** An organization that has nothing. */
const fixtureOther = '00000000-0000-7000-8000-0000000000ff'
