import { test } from '@japa/runner'
import { MatterReader } from '#notifications/matter_reader'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import {
  notificationFixture,
  ORGANIZATION,
  type NotificationFixture,
} from '#tests/helpers/notification_fixture'
import { MINUTE, NOW } from '#tests/helpers/refresh_fixtures'

const dialects: Dialect[] = ['sqlite', 'postgres']
const ACCOUNTS = 10_000

for (const dialect of dialects) {
  test.group(`A storm on ${dialect}`, (group) => {
    let fixture: NotificationFixture
    group.each.timeout(120_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await notificationFixture(dialect, (work) => context.cleanup(work))
    })

    /** So many numbers as a query, with ids made of them. */
    const series =
      dialect === 'sqlite'
        ? 'WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < CAST(? AS INTEGER))'
        : 'WITH s(n) AS (SELECT generate_series(1, CAST(? AS INTEGER)))'
    const id = (kind: string) => {
      const hex = dialect === 'sqlite' ? "printf('%012x', n)" : "lpad(to_hex(CAST(n AS INTEGER)), 12, '0')"
      const text = `'00000000-0000-7000-80${kind}-' || ${hex}`
      return dialect === 'sqlite' ? text : `CAST(${text} AS uuid)`
    }

    async function accounts() {
      await fixture.run(
        `INSERT INTO connections (id, organization_id, owner, provider, provider_account_id, username, created_at, updated_at)
         ${series} SELECT ${id('c0')}, '${ORGANIZATION}', 'owner', 'acme', CAST(n AS TEXT), 'account ' || n, ?t, ?t FROM s`,
        [ACCOUNTS, NOW, NOW]
      )
    }

    /** What autovacuum does where a storm rages by itself: without it PostgreSQL plans for tables that are empty. */
    const analyze = async () => void (dialect === 'postgres' && (await fixture.run('ANALYZE', [])))

    const events = (name: string, kind: string, count = ACCOUNTS) =>
      fixture.run(
        `INSERT INTO events (id, organization_id, connection_id, provider, name, severity, data, dedupe_key, created_at)
         ${series} SELECT ${id(kind)}, '${ORGANIZATION}', ${id('c0')}, 'acme', '${name}', 'urgent', '{"cause":"rejected"}',
           '${name}:' || n, ?t FROM s`,
        [count, NOW]
      )

    test('10,000 accounts that fail for one cause make one message per person and channel, also when they recover', async ({
      assert,
    }) => {
      await accounts()
      const people = [await fixture.person('admin'), await fixture.person('operator')]
      for (const person of people) for (let device = 0; device < 2; device++) await fixture.device(person)
      const channels = [await fixture.receiver('webhook'), await fixture.receiver('slack_webhook')]
      await fixture.rule(null, { channels })
      await events('connection.deactivated', 'e0')
      await analyze()
      assert.equal(await fixture.dispatcher.tick(), ACCOUNTS)
      assert.equal(await fixture.dispatcher.tick(), 0)
      const matters = await fixture.matters()
      assert.deepEqual(
        matters.map(({ count }) => Number(count)),
        Array(5).fill(ACCOUNTS)
      )
      const deliveries = await fixture.deliveries()
      const targets = deliveries.map(({ target }) => target as string)
      assert.lengthOf(targets, 3 + 2 * 2 + 2)
      assert.lengthOf([...new Set(targets)], targets.length)
      const [matter] = await new MatterReader({ driver: fixture.driver }).matters([matters[0].id as string])
      assert.lengthOf(matter.connectionIds, ACCOUNTS)
      assert.deepEqual(matter.accounts[0], {
        connectionId: matter.connectionIds[0],
        provider: 'acme',
        name: 'account 1',
        // What a receiver of the organization gets is its own; these accounts belong to none of the people.
        isOwn: matters[0].user_id === null,
      })
      assert.lengthOf(matter.accounts, 20)

      await fixture.run(`UPDATE deliveries SET state = 'delivered', attempts = 1, due_at = NULL`, [])
      fixture.clock.advance(MINUTE)
      await events('connection.recovered', 'e1')
      await analyze()
      assert.equal(await fixture.dispatcher.tick(), ACCOUNTS)
      const unresolved = await fixture.all(
        `SELECT id FROM notifications WHERE event = 'connection.deactivated' AND resolved_at IS NULL`
      )
      assert.lengthOf(unresolved, 0)
      assert.lengthOf(await fixture.deliveries({ state: 'waiting' }), targets.length)
    })

    test('2,000 accounts that are well again before the message left make no message at all', async ({
      assert,
    }) => {
      await accounts()
      await events('connection.deactivated', 'e0', 2_000)
      await events('connection.recovered', 'e1', 2_000)
      await analyze()
      assert.equal(await fixture.dispatcher.tick(), 4_000)
      assert.lengthOf(await fixture.deliveries({ state: 'waiting' }), 0)
      const [matter] = await fixture.matters({ event: 'connection.deactivated' })
      assert.equal(matter.resolved_at, fixture.clock.now())
    })
  })
}
