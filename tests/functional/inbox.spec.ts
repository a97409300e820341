import { test } from '@japa/runner'
import { Inbox } from '#notifications/inbox'
import { NotificationRetention } from '#notifications/notification_retention'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import {
  ELSEWHERE,
  notificationFixture,
  type NotificationFixture,
  type Somebody,
} from '#tests/helpers/notification_fixture'
import { HOUR, MINUTE } from '#tests/helpers/refresh_fixtures'

const dialects: Dialect[] = ['sqlite', 'postgres']
const NOBODY = '00000000-0000-7000-8000-0000000000ff'

for (const dialect of dialects) {
  test.group(`Inbox on ${dialect}`, (group) => {
    let fixture: NotificationFixture
    let inbox: Inbox
    let owner: Somebody
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await notificationFixture(dialect, (work) => context.cleanup(work))
      const names = (provider: string) => (provider === 'acme' ? 'Acme' : null)
      inbox = new Inbox({ ...fixture, providerName: names })
      owner = await fixture.person('streamer')
    })

    async function dead(account: string, cause = 'rejected', of: Somebody = owner) {
      const connectionId = await fixture.channel(account, of)
      await fixture.event('connection.deactivated', { connectionId, severity: 'urgent', data: { cause } })
      await fixture.dispatcher.tick()
      fixture.clock.advance(MINUTE)
      return connectionId
    }

    const causes = ({ items }: { items: { matter: { cause: string | null } }[] }) =>
      items.map(({ matter }) => matter.cause)

    test('a matter names its accounts as people know them', async ({ assert }) => {
      const ana = await dead('ana')
      const at = fixture.clock.now()
      const ben = await dead('ben')
      await fixture.update(ben, { display_name: 'Ben\u202e evil' })
      const { items } = await inbox.list(owner)
      assert.lengthOf(items, 1)
      const [{ matter, readAt, resolvedAt }] = items
      assert.deepEqual({ readAt, resolvedAt }, { readAt: null, resolvedAt: null })
      assert.containSubset(matter, {
        ...{ event: 'connection.deactivated', severity: 'urgent', cause: 'rejected', count: 2 },
        ...{ provider: 'acme', providerName: 'Acme', data: { cause: 'rejected' }, lastAt: at },
        accounts: [
          { connectionId: ana, provider: 'acme', name: 'ana' },
          { connectionId: ben, provider: 'acme', name: 'Ben evil' },
        ],
        connectionIds: [ana, ben],
      })
      await fixture.remove(ana)
      const [left] = (await inbox.list(owner)).items
      assert.deepEqual(
        left.matter.accounts.map(({ name }) => name),
        ['Ben evil']
      )
    })

    test('an alert about the figures of a provider names it', async ({ assert }) => {
      const admin = await fixture.person('admin')
      for (const subject of ['provider:acme', 'provider:gone', 'job:daily'])
        await fixture.event('figures.alert', { data: { rule: 'error_rate', subject } })
      await fixture.dispatcher.tick()
      const { items } = await inbox.list(admin)
      assert.deepEqual(
        Object.fromEntries(items.map(({ matter }) => [matter.data.subject, matter.providerName])),
        { 'provider:acme': 'Acme', 'provider:gone': null, 'job:daily': null }
      )
    })

    test('newest first, page by page, in both directions', async ({ assert }) => {
      const all = ['one', 'two', 'three', 'four', 'five']
      for (const cause of all) await dead(cause, cause)
      const first = await inbox.list(owner, { size: 2 })
      assert.deepEqual([causes(first), first.previous], [['five', 'four'], null])
      const second = await inbox.list(owner, { size: 2, cursor: first.next })
      assert.deepEqual(causes(second), ['three', 'two'])
      const third = await inbox.list(owner, { size: 2, cursor: second.next })
      assert.deepEqual([causes(third), third.next], [['one'], null])
      const back = await inbox.list(owner, { size: 2, cursor: third.previous })
      assert.deepEqual(causes(back), ['three', 'two'])
      const begin = await inbox.list(owner, { size: 2, cursor: back.previous })
      assert.deepEqual([causes(begin), begin.previous], [['five', 'four'], null])
      for (const cursor of ['x', 7, 'a'.repeat(300), Buffer.from('n.1.zzz').toString('base64url')])
        assert.deepEqual(causes(await inbox.list(owner, { size: 5, cursor })), all.toReversed())
    })

    test('what is read leaves the unread; it comes back when the matter has doubled', async ({ assert }) => {
      await dead('ana')
      await dead('zoe', 'unknown')
      assert.equal(await inbox.unread(owner), 2)
      const [, { matter }] = (await inbox.list(owner)).items
      assert.isTrue(await inbox.markRead(owner, matter.id))
      assert.deepEqual(causes(await inbox.list(owner, { unread: true })), ['unknown'])
      const readAt = (await inbox.find(owner, matter.id))?.readAt
      assert.equal(readAt, fixture.clock.now())
      fixture.clock.advance(MINUTE)
      assert.isTrue(await inbox.markRead(owner, matter.id.toUpperCase()))
      assert.equal((await inbox.find(owner, matter.id))?.readAt, readAt)
      await dead('ben')
      assert.equal(await inbox.unread(owner), 2)
      assert.equal(await inbox.markAllRead(owner), 2)
      await dead('cleo')
      assert.equal(await inbox.unread(owner), 0)
      await dead('dan')
      assert.equal(await inbox.unread(owner), 1)
    })

    test('nobody sees or marks what is not theirs, not even in another organization', async ({ assert }) => {
      await dead('ana')
      const [{ matter }] = (await inbox.list(owner)).items
      const others = [
        await fixture.person('admin'),
        { ...owner, organizationId: ELSEWHERE },
        { ...owner, userId: NOBODY },
      ]
      for (const other of others) {
        assert.deepEqual((await inbox.list(other)).items, [])
        assert.equal(await inbox.unread(other), 0)
        assert.isNull(await inbox.find(other, matter.id))
        assert.isFalse(await inbox.markRead(other, matter.id))
        assert.equal(await inbox.markAllRead(other), 0)
      }
      for (const id of ['x', '', NOBODY, `${matter.id}'`]) {
        assert.isNull(await inbox.find(owner, id))
        assert.isFalse(await inbox.markRead(owner, id))
      }
      assert.equal(await inbox.unread(owner), 1)
    })

    test('what is in no inbox stands in none', async ({ assert }) => {
      await fixture.rule(owner, { channels: ['email'] })
      await dead('ana')
      assert.lengthOf(await fixture.matters(), 1)
      assert.deepEqual((await inbox.list(owner)).items, [])
      assert.equal(await inbox.unread(owner), 0)
    })

    test('old matters are deleted with their messages; what still waits or happens stays', async ({
      assert,
    }) => {
      const retention = new NotificationRetention(fixture)
      await dead('ana', 'old')
      await fixture.run(`UPDATE deliveries SET state = 'delivered'`, [])
      await dead('ben', 'waiting')
      fixture.clock.advance(2 * HOUR)
      const before = fixture.clock.now()
      await dead('cleo', 'new')
      const pruned = await retention.prune(before)
      assert.deepEqual(pruned, { matters: 2, deliveries: 1 })
      assert.deepEqual(causes(await inbox.list(owner)), ['new'])
      assert.lengthOf(await fixture.deliveries({ state: 'waiting' }), 2)
      assert.lengthOf(await fixture.all('SELECT * FROM notification_events'), 1)
      assert.deepEqual(await retention.prune(before), { matters: 0, deliveries: 0 })
      const stopped = AbortSignal.abort()
      assert.deepEqual(await retention.prune(before + HOUR, { signal: stopped }), {
        matters: 0,
        deliveries: 0,
      })
    })
  })
}
