import { test } from '@japa/runner'
import type { Engine } from '#services/build_engine'
import { engineFixture, postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'
import { HOUR, MINUTE, NOW } from '#tests/helpers/refresh_fixtures'

const dialects: Dialect[] = ['sqlite', 'postgres']
const DAY = 24 * HOUR
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

for (const dialect of dialects) {
  test.group(`Deadline warnings on ${dialect}`, (group) => {
    let fixture: EngineFixture
    let engine: Engine
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await engineFixture(dialect, (work) => context.cleanup(work))
      engine = fixture.engine
    })

    /** A connection that is not due for a long time, whose grant ends so many days from now. */
    const endingIn = (days: number, account = 'ana') =>
      fixture.connect(account, {
        next_refresh_at: NOW + 300 * DAY,
        token_expires_at: NOW + 301 * DAY,
        grant_expires_at: NOW + days * DAY,
      })

    async function events() {
      const rows = await fixture.all('SELECT * FROM events ORDER BY created_at, id')
      return rows.map((row) => ({
        ...row,
        data: (typeof row.data === 'string' ? JSON.parse(row.data) : row.data) as Record<string, unknown>,
      })) as ({ data: Record<string, unknown> } & Record<string, unknown>)[]
    }

    const thresholds = async () => (await events()).map(({ data }) => data.days)

    test('a grant is warned of 14, 7 and 1 days ahead, once each', async ({ assert }) => {
      await endingIn(20)
      for (let day = 0; day < 20; day++) {
        for (let look = 0; look < 3; look++) {
          await engine.deadlines.write()
          fixture.clock.advance(8 * HOUR)
        }
      }
      assert.deepEqual(await thresholds(), [14, 7, 1])
      assert.deepEqual(
        (await events()).map(({ severity }) => severity),
        ['normal', 'high', 'urgent']
      )
    })

    test('an event names connection, provider and deadline, and waits to be dispatched', async ({
      assert,
    }) => {
      const id = await endingIn(10)
      assert.equal(await engine.deadlines.write(), 1)
      const [event] = await events()
      assert.match(event.id as string, UUID_V7)
      assert.deepInclude(event, { connection_id: id, provider: 'acme', name: 'connection.expiring' })
      assert.deepEqual(event.data, { reason: 'deadline', days: 14, deadline: NOW + 10 * DAY })
      assert.isNull(event.dispatched_at)
      assert.equal(Number(event.created_at), NOW)
    })

    test('of thresholds that passed at once only the nearest is told', async ({ assert }) => {
      await endingIn(0.5)
      await engine.deadlines.write()
      assert.deepEqual(await thresholds(), [1])
    })

    test('two processes that look at the same time write each event once', async ({ assert }) => {
      for (let account = 0; account < 40; account++) await endingIn(6, `account-${account}`)
      const sibling = fixture.sibling()
      const looks = Array.from({ length: 6 }, (_, index) => (index % 2 ? engine : sibling).deadlines.write())
      const written = await Promise.all(looks)
      assert.equal(
        written.reduce((sum, count) => sum + count, 0),
        40
      )
      const keys = (await events()).map(({ dedupe_key: key }) => key)
      assert.lengthOf(new Set(keys), 40)
    })

    test('a reconnect starts anew, and so does a deadline that moved on', async ({ assert }) => {
      const id = await endingIn(6)
      await engine.deadlines.write()
      await fixture.update(id, { grant_generation: 2 })
      assert.equal(await engine.deadlines.write(), 1)
      await fixture.update(id, { grant_expires_at: NOW + 30 * DAY })
      assert.equal(await engine.deadlines.write(), 0)
      fixture.clock.advance(24 * DAY)
      assert.equal(await engine.deadlines.write(), 1)
      assert.deepEqual(await thresholds(), [7, 7, 7])
    })

    test('paused, dead and ended grants are not warned of, nor anything in a copied database', async ({
      assert,
    }) => {
      await fixture.update(await endingIn(6, 'paused'), { paused_at: NOW })
      await fixture.update(await endingIn(6, 'dead'), { status: 'needs_reauth', is_active: false })
      await endingIn(-1, 'over')
      assert.equal(await engine.deadlines.write(), 0)
      await endingIn(6, 'well')
      await engine.installation.check()
      await fixture.quarantine('a copy')
      const inQuarantine = await engine.deadlines.write()
      await engine.installation.lift()
      assert.equal(inQuarantine, 0)
    })

    test('a token that is overdue by more than its margin is warned of once per version', async ({
      assert,
    }) => {
      const id = await fixture.connect('ana', { next_refresh_at: NOW - 5 * MINUTE + 1 })
      assert.equal(await engine.deadlines.write(), 0)
      fixture.clock.advance(1)
      assert.equal(await engine.deadlines.write(), 1)
      assert.equal(await engine.deadlines.write(), 0)
      assert.deepInclude((await events())[0].data, { reason: 'overdue', planned: NOW - 5 * MINUTE + 1 })
      await fixture.update(id, { token_version: 2 })
      assert.equal(await engine.deadlines.write(), 1)
    })

    test('a connection that is removed takes its events along', async ({ assert }) => {
      const id = await endingIn(6)
      await engine.deadlines.write()
      await fixture.remove(id)
      assert.lengthOf(await events(), 0)
    })
  })
}
