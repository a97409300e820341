import { test } from '@japa/runner'
import { uuid } from '#models/uuid'
import { DeliveryQueue } from '#notifications/delivery_queue'
import {
  deliveryFixture,
  ORGANIZATION,
  SETTINGS,
  type DeliveryFixture,
} from '#tests/helpers/delivery_fixture'
import { postgresUrl, type Dialect } from '#tests/helpers/engine_fixture'
import { endless, HttpReceiver, silent } from '#tests/helpers/receivers/http_receiver'
import { HOUR, MINUTE, NOW, SECOND } from '#tests/helpers/refresh_fixtures'

const DAY = 24 * HOUR

for (const dialect of ['sqlite', 'postgres'] satisfies Dialect[]) {
  test.group(`Deliveries on ${dialect}`, (group) => {
    let fixture: DeliveryFixture
    let receiver: HttpReceiver
    let channelId: string
    group.each.timeout(20_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      const cleanup = (work: () => Promise<void>) => context.cleanup(work)
      fixture = await deliveryFixture(dialect, cleanup)
      receiver = await HttpReceiver.start(cleanup)
      channelId = (await fixture.channel('webhook', receiver.url())).id
    })

    const events = () => fixture.all('SELECT * FROM events ORDER BY created_at, id')
    const dataOf = (row: Record<string, unknown>) =>
      (typeof row.data === 'string' ? JSON.parse(row.data) : row.data) as Record<string, unknown>

    test('what is due is sent once, recorded, and not taken up again', async ({ assert }) => {
      const id = await fixture.message(channelId)
      const later = await fixture.message(channelId, {}, { due_at: NOW + SECOND })
      const notifier = fixture.notifier()
      assert.equal(await notifier.tick(), 1)
      assert.equal(await notifier.tick(), 0)
      assert.lengthOf(receiver.received, 1)
      assert.deepInclude(await fixture.delivery(id), {
        state: 'delivered',
        attempts: 1,
        last_status: 204,
        last_code: null,
        due_at: null,
        claim_id: null,
      })
      assert.equal(Number((await fixture.delivery(id)).delivered_at), NOW)
      assert.equal((await fixture.delivery(later)).state, 'waiting')
      assert.equal(Number((await fixture.channelRow(channelId)).last_delivered_at), NOW)
      const [attempt] = await fixture.history(id)
      assert.deepInclude(attempt, { status: 204, code: null, answer: null })
    })

    test('the schedule is kept, every attempt says the same under the same id, and the last makes a dead letter', async ({
      assert,
    }) => {
      receiver.behaviour = () => ({ status: 500, body: 'Something broke' })
      const id = await fixture.message(channelId)
      const notifier = fixture.notifier()
      const waits: number[] = []
      for (let attempt = 0; attempt < 4; attempt++) {
        assert.equal(await notifier.tick(), 1)
        const { due_at: due } = await fixture.delivery(id)
        if (due === null) break
        waits.push(Number(due) - fixture.clock.now())
        // What happens to the account meanwhile changes nothing in a message that has begun.
        await fixture.run('UPDATE notifications SET count = count + 1', [])
        fixture.clock.advance(waits.at(-1)! - 1)
        assert.equal(await notifier.tick(), 0)
        fixture.clock.advance(1)
      }
      assert.deepEqual(waits, SETTINGS.backoff)
      assert.deepInclude(await fixture.delivery(id), { state: 'dead', attempts: 4, last_code: 'http_500' })
      assert.lengthOf(new Set(receiver.received.map(({ body }) => body)), 1)
      assert.deepEqual(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])), new Set([id]))
      assert.deepEqual(
        (await fixture.history(id)).map(({ answer }) => answer),
        Array(4).fill('Something broke')
      )
      assert.equal(await fixture.log.countDead(ORGANIZATION), 1)
      assert.include(fixture.lines.join('\n'), 'did not arrive')
    })

    test('a receiver that names a longer wait gets it', async ({ assert }) => {
      const date = new Date(NOW + HOUR).toUTCString()
      for (const [reply, wait] of [
        [{ status: 429, headers: { 'retry-after': '120' } }, 2 * MINUTE],
        [{ status: 503, headers: { 'retry-after': date } }, HOUR],
        [{ status: 429, headers: { 'retry-after': '1' } }, 5 * SECOND],
        [{ status: 503, headers: { 'retry-after': 'soon' } }, 5 * SECOND],
        [{ status: 429, headers: { 'retry-after': '999999999' } }, DAY],
        // Only these two ask for patience.
        [{ status: 500, headers: { 'retry-after': '120' } }, 5 * SECOND],
      ] as const) {
        receiver.next(reply)
        const id = await fixture.message(channelId)
        await fixture.notifier().tick()
        assert.equal(Number((await fixture.delivery(id)).due_at) - NOW, wait, JSON.stringify(reply))
      }
    })

    test('whoever redirects, floods, hangs up or says nothing has failed', async ({ assert }) => {
      for (const [behaviour, code, status] of [
        [() => ({ status: 302, headers: { location: receiver.url('/elsewhere') } }), 'redirected', 302],
        [endless, 'too_large', null],
        [silent, 'timeout', null],
        [(_, response) => void response.destroy(), 'connection_reset', null],
        [() => ({ status: 404, body: '<b>no\u0007such\u202epage</b>' }), 'http_404', 404],
      ] as [HttpReceiver['behaviour'], string, number | null][]) {
        receiver.next(behaviour)
        const id = await fixture.message(channelId)
        const before = receiver.received.length
        await fixture.notifier({ settings: { timeout: 300 } }).tick()
        assert.equal(receiver.received.length, before + 1, code)
        assert.deepInclude(await fixture.delivery(id), {
          state: 'waiting',
          last_code: code,
          last_status: status,
        })
        await fixture.run('DELETE FROM deliveries', [])
      }
    })

    test('answers are kept cleaned, cut, and without the address that nobody may read', async ({
      assert,
    }) => {
      const path = '/hooks/secret-path-of-the-receiver'
      receiver.next({ status: 500, body: `\u001b[31m${path} is broken \u202e ${'long '.repeat(300)}` })
      const id = await fixture.message(channelId)
      await fixture.notifier().tick()
      const answer = String((await fixture.history(id))[0].answer)
      assert.isAtMost(answer.length, 500)
      assert.notMatch(answer, /[\p{Cc}\u202e]/u)
      assert.notInclude(answer, 'secret-path')
      assert.include(answer, 'is broken')
      assert.notInclude(fixture.lines.join('\n'), 'secret-path')
    })

    test('private addresses and plain http are refused without the operator\u2019s leave', async ({
      assert,
    }) => {
      const secure = receiver.url().replace('http:', 'https:')
      const urls = { insecure_url: receiver.url(), address_refused: secure }
      const named = { address_refused: secure.replace('127.0.0.1', 'localhost') }
      const strict = fixture.notifier({ settings: { allowPrivate: false } })
      for (const [code, url] of [...Object.entries(urls), ...Object.entries(named)]) {
        const id = await fixture.message((await fixture.channel('webhook', url)).id)
        await strict.tick()
        assert.deepInclude(await fixture.delivery(id), {
          state: 'waiting',
          last_code: code,
          last_status: null,
        })
      }
      assert.lengthOf(receiver.received, 0)
    })

    test('a slow receiver holds up nobody else, and gets two at a time', async ({ assert, cleanup }) => {
      const slow = await HttpReceiver.start(cleanup)
      const release = Promise.withResolvers<void>()
      slow.behaviour = async () => {
        await release.promise
        return { status: 204 }
      }
      const slowChannel = await fixture.channel('webhook', slow.url())
      const stuck: string[] = []
      for (let count = 0; count < 30; count++) stuck.push(await fixture.message(slowChannel.id))
      const notifier = fixture.notifier()
      const ended = notifier.tick()
      await slow.arrived(2)
      for (let count = 0; count < 5; count++) await fixture.message(channelId)
      void notifier.tick()
      await receiver.arrived(5)
      assert.lengthOf(slow.received, 2)
      release.resolve()
      assert.equal(await ended, 35)
      assert.lengthOf(new Set(slow.received.map(({ headers }) => headers['webhook-id'])), 30)
    })

    test('all the places are never taken by one process for more than they are', async ({
      assert,
      cleanup,
    }) => {
      const release = Promise.withResolvers<void>()
      let most = 0
      let now = 0
      for (let count = 0; count < 5; count++) {
        const one = await HttpReceiver.start(cleanup)
        one.behaviour = async () => {
          most = Math.max(most, ++now)
          await release.promise
          now -= 1
          return { status: 204 }
        }
        const { id } = await fixture.channel('webhook', one.url())
        for (let message = 0; message < 3; message++) await fixture.message(id)
      }
      const notifier = fixture.notifier({ settings: { concurrency: { total: 4, perReceiver: 2 } } })
      const ended = notifier.tick()
      release.resolve()
      assert.equal(await ended, 15)
      assert.isAtMost(most, 4)
    })

    test('two processes share what is due and send nothing twice', async ({ assert }) => {
      const ids: string[] = []
      for (let count = 0; count < 30; count++) ids.push(await fixture.message(channelId))
      const sent = await Promise.all([fixture.notifier().tick(), fixture.notifier().tick()])
      assert.equal(sent[0] + sent[1], 30)
      const received = receiver.received.map(({ headers }) => headers['webhook-id'])
      assert.sameMembers(received, ids)
    })

    test('a process that dies over a message leaves it to the next after its lease, with the same id and words', async ({
      assert,
    }) => {
      const id = await fixture.message(channelId)
      const dead = new DeliveryQueue(fixture.driver, SETTINGS)
      const [claimed] = await dead.claim(new Map())
      assert.equal(claimed.id, id)
      const notifier = fixture.notifier()
      assert.equal(await notifier.tick(), 0)
      fixture.clock.advance(MINUTE)
      assert.equal(await notifier.tick(), 1)
      assert.equal(receiver.received[0].headers['webhook-id'], id)
      assert.deepInclude(await fixture.delivery(id), { state: 'delivered', attempts: 2 })
    })

    test('a late process changes nothing, but what it did is in the log', async ({ assert, cleanup }) => {
      const release = Promise.withResolvers<void>()
      receiver.next(async () => {
        await release.promise
        return { status: 500 }
      })
      const id = await fixture.message(channelId)
      const late = fixture.notifier()
      const ended = late.tick()
      await receiver.arrived(1)
      fixture.clock.advance(MINUTE)
      assert.equal(await fixture.notifier().tick(), 1)
      release.resolve()
      await ended
      assert.deepInclude(await fixture.delivery(id), { state: 'delivered', last_status: 204 })
      assert.sameMembers(
        (await fixture.history(id)).map(({ status }) => status),
        [204, 500]
      )
      assert.isNull((await fixture.channelRow(channelId)).failing_since)
      cleanup(() => late.drain())
    })

    test('a channel that says it is gone is disabled, what waits for it is cancelled, operators hear of it', async ({
      assert,
    }) => {
      receiver.next({ status: 410 })
      const first = await fixture.message(channelId)
      const second = await fixture.message(channelId, {}, { due_at: NOW + HOUR })
      const notifier = fixture.notifier()
      await notifier.tick()
      assert.deepInclude(await fixture.delivery(first), { state: 'dead', last_code: 'http_410' })
      assert.deepInclude(await fixture.delivery(second), {
        state: 'cancelled',
        last_code: 'channel_disabled',
      })
      const channel = await fixture.channelRow(channelId)
      assert.equal(Number(channel.disabled_at), NOW)
      assert.equal(channel.disabled_reason, 'gone')
      const [event, ...more] = await events()
      assert.isEmpty(more)
      assert.deepInclude(event, {
        name: 'channel.disabled',
        severity: 'urgent',
        organization_id: ORGANIZATION,
      })
      assert.deepInclude(dataOf(event), { cause: 'gone', channelId, kind: 'webhook', target: receiver.host })

      const third = await fixture.message(channelId)
      await notifier.tick()
      assert.deepInclude(await fixture.delivery(third), { state: 'cancelled', last_code: 'channel_disabled' })
      assert.lengthOf(receiver.received, 1)
      assert.isEmpty(await fixture.history(third))
    })

    test('a channel that fails for five days without a break is disabled, one that recovers is not', async ({
      assert,
    }) => {
      receiver.behaviour = () => ({ status: 500 })
      const notifier = fixture.notifier()
      const fail = async () => {
        await fixture.message(channelId, {}, { due_at: fixture.clock.now() })
        await notifier.tick()
      }
      await fail()
      fixture.clock.advance(4 * DAY)
      receiver.next({ status: 204 })
      await fixture.run('DELETE FROM deliveries', [])
      await fail()
      assert.isNull((await fixture.channelRow(channelId)).failing_since)
      await fail()
      fixture.clock.advance(5 * DAY - 1)
      await fail()
      assert.isNull((await fixture.channelRow(channelId)).disabled_at)
      fixture.clock.advance(1)
      await fail()
      assert.equal((await fixture.channelRow(channelId)).disabled_reason, 'failing')
      const told = await events()
      assert.lengthOf(told, 1)
      assert.equal(dataOf(told[0]).cause, 'failing')

      assert.isTrue(await fixture.channels.enable(ORGANIZATION, channelId))
      assert.deepInclude(await fixture.channelRow(channelId), { disabled_at: null, failing_since: null })
    })

    test('a fault that is ours alarms the operators once a day', async ({ assert }) => {
      const user = await person()
      const alarmed = { type: 'refused', alarm: true, status: 403, code: 'vapid', answer: null } as const
      for (let count = 0; count < 3; count++) await toBrowser(user)
      const push = { kind: 'push' as const, send: async () => alarmed }
      const notifier = fixture.notifier({ channels: { push } })
      await notifier.tick()
      assert.lengthOf(await events(), 1)
      assert.deepInclude(dataOf((await events())[0]), { cause: 'alarm', kind: 'push', status: 403 })
      fixture.clock.advance(DAY)
      await toBrowser(user)
      await notifier.tick()
      assert.lengthOf(await events(), 2)
    })

    test('a browser that is gone is removed, and so is what waits for it', async ({ assert }) => {
      const user = await person()
      const { id, subscription } = await toBrowser(user)
      const waiting = await toBrowser(user, { subscription, due_at: NOW + HOUR })
      const gone = { type: 'gone', status: 410, code: 'http_410', answer: null } as const
      await fixture.notifier({ channels: { push: { kind: 'push', send: async () => gone } } }).tick()
      assert.isEmpty(await fixture.all('SELECT * FROM push_subscriptions'))
      assert.equal((await fixture.delivery(id)).state, 'dead')
      assert.deepInclude(await fixture.delivery(waiting.id), { state: 'cancelled', last_code: 'gone' })
    })

    test('the end of an endpoint that the browser has replaced meanwhile ends nothing', async ({
      assert,
    }) => {
      const user = await person()
      const { subscription } = await toBrowser(user)
      const waiting = await toBrowser(user, { subscription, due_at: NOW + HOUR })
      const send = async () => {
        await fixture.run('UPDATE push_subscriptions SET endpoint = ?', ['https://push.example/new'])
        return { type: 'gone', status: 410, code: 'http_410', answer: null } as const
      }
      await fixture.notifier({ channels: { push: { kind: 'push', send } } }).tick()
      assert.lengthOf(await fixture.all('SELECT * FROM push_subscriptions'), 1)
      assert.equal((await fixture.delivery(waiting.id)).state, 'waiting')
    })

    test('whoever left the organization, and whose browser changed hands, hears nothing', async ({
      assert,
    }) => {
      const [left, former, now] = [await person(), await person(), await person()]
      const first = await toBrowser(left)
      const second = await toBrowser(former)
      await fixture.run('DELETE FROM memberships WHERE user_id = ?', [left])
      await fixture.run('UPDATE push_subscriptions SET user_id = ? WHERE id = ?', [now, second.subscription])
      await fixture.notifier().tick()
      for (const { id } of [first, second])
        assert.deepInclude(await fixture.delivery(id), { state: 'cancelled', last_code: 'gone', attempts: 1 })
    })

    test('a channel that breaks by itself costs an attempt and is told, and the others go on', async ({
      assert,
    }) => {
      const user = await person()
      const { id } = await toBrowser(user)
      const other = await fixture.message(channelId)
      const push = { kind: 'push' as const, send: () => Promise.reject(new Error('a bug')) }
      await fixture.notifier({ channels: { push } }).tick()
      assert.deepInclude(await fixture.delivery(id), { state: 'waiting', last_code: 'internal_error' })
      assert.equal((await fixture.delivery(other)).state, 'delivered')
      assert.include(fixture.lines.join('\n'), 'failed by itself')
    })

    test('what this installation has no way to send is no dead letter and alarms nobody', async ({
      assert,
    }) => {
      const { id } = await toBrowser(await person())
      const receipt = {
        type: 'refused',
        alarm: true,
        status: null,
        code: 'not_configured',
        answer: null,
      } as const
      await fixture.notifier({ channels: { push: { kind: 'push', send: async () => receipt } } }).tick()
      assert.deepInclude(await fixture.delivery(id), { state: 'cancelled', last_code: 'not_configured' })
      assert.isEmpty(await fixture.history(id))
      assert.isEmpty(await events())
    })

    test('redelivered is the same message under the same id; once the schedule is over it is tried once', async ({
      assert,
    }) => {
      const id = await fixture.message(channelId)
      const notifier = fixture.notifier()
      await notifier.tick()
      await fixture.run('UPDATE notifications SET count = 99', [])
      fixture.clock.advance(HOUR)
      assert.equal(await fixture.log.redeliver(ORGANIZATION, id), 'waiting')
      await notifier.tick()
      const [first, again] = receiver.received
      assert.equal(again.headers['webhook-id'], first.headers['webhook-id'])
      assert.equal(again.body, first.body)
      assert.notEqual(again.headers['webhook-timestamp'], first.headers['webhook-timestamp'])

      await fixture.run("UPDATE deliveries SET state = 'dead', attempts = 4 WHERE id = ?", [id])
      receiver.next({ status: 500 })
      assert.equal(await fixture.log.redeliver(ORGANIZATION, id), 'waiting')
      await notifier.tick()
      assert.deepInclude(await fixture.delivery(id), { state: 'dead', attempts: 5 })

      const elsewhere = uuid(NOW)
      assert.equal(await fixture.log.redeliver(elsewhere, id), 'not_found')
      await fixture.run('UPDATE notification_channels SET disabled_at = ?t', [NOW])
      assert.equal(await fixture.log.redeliver(ORGANIZATION, id), 'channel_disabled')
    })

    test('what is on its way is neither cancelled nor sent once more', async ({ assert }) => {
      const id = await fixture.message(channelId)
      await new DeliveryQueue(fixture.driver, SETTINGS).claim(new Map())
      assert.isFalse(await fixture.log.cancel(ORGANIZATION, id))
      assert.equal(await fixture.log.redeliver(ORGANIZATION, id), 'under_way')
      fixture.clock.advance(MINUTE)
      assert.isTrue(await fixture.log.cancel(ORGANIZATION, id))
      assert.equal(await fixture.notifier().tick(), 0)
      assert.equal((await fixture.delivery(id)).state, 'cancelled')
    })

    test('a process that stops ends what it has begun and takes up nothing more', async ({ assert }) => {
      const release = Promise.withResolvers<void>()
      receiver.next(async () => {
        await release.promise
        return { status: 204 }
      })
      const id = await fixture.message(channelId)
      const notifier = fixture.notifier()
      const ticked = notifier.tick()
      await receiver.arrived(1)
      const drained = notifier.drain()
      const other = await fixture.message(channelId)
      release.resolve()
      await Promise.all([ticked, drained])
      assert.equal(await notifier.tick(), 0)
      assert.equal((await fixture.delivery(id)).state, 'delivered')
      assert.deepInclude(await fixture.delivery(other), { state: 'waiting', attempts: 0 })
    })

    test('the log is paged without gaps, narrowed, and of one organization', async ({ assert }) => {
      const ids: string[] = []
      for (let count = 0; count < 5; count++) {
        ids.unshift(await fixture.message(channelId, {}, { created_at: NOW + Math.floor(count / 2) }))
      }
      receiver.next({ status: 204 }, { status: 400 })
      await fixture.notifier({ settings: { backoff: [] } }).tick()
      const first = await fixture.log.list(ORGANIZATION, {}, { size: 2 })
      const second = await fixture.log.list(ORGANIZATION, {}, { size: 2, cursor: first.next })
      const third = await fixture.log.list(ORGANIZATION, {}, { size: 2, cursor: second.next })
      const back = await fixture.log.list(ORGANIZATION, {}, { size: 2, cursor: third.previous })
      const found = [first, second, third].flatMap(({ entries }) => entries.map(({ id }) => id))
      assert.sameMembers(found, ids)
      assert.isNull(third.next)
      assert.isNull(first.previous)
      assert.deepEqual(back, second)
      const dead = await fixture.log.list(ORGANIZATION, { state: 'dead' })
      assert.lengthOf(dead.entries, 1)
      assert.deepInclude(dead.entries[0], { receiver: 'A webhook', target: receiver.host, matters: 1 })
      assert.deepInclude(dead.entries[0].subject, { event: 'run.failed', count: 1 })
      assert.lengthOf((await fixture.log.list(ORGANIZATION, { channelId })).entries, 5)
      assert.isEmpty((await fixture.log.list(uuid(NOW))).entries)
      assert.isNull(await fixture.log.find(uuid(NOW), ids[0]))
      const detail = await fixture.log.find(ORGANIZATION, dead.entries[0].id)
      assert.deepEqual(
        detail?.history.map(({ status, code }) => [status, code]),
        [[400, 'http_400']]
      )
      assert.equal(detail?.message?.id, detail?.id)
    })

    async function person(): Promise<string> {
      const id = uuid(NOW)
      await fixture.run('INSERT INTO users (id, email, password, created_at) VALUES (?, ?, ?, ?t)', [
        ...[id, `${id}@example.com`, 'x', NOW],
      ])
      await fixture.run(
        "INSERT INTO memberships (organization_id, user_id, role, created_at) VALUES (?, ?, 'operator', ?t)",
        [ORGANIZATION, id, NOW]
      )
      return id
    }

    async function toBrowser(
      userId: string,
      { subscription, due_at: due }: { subscription?: string; due_at?: number } = {}
    ) {
      const at = fixture.clock.now()
      const device = subscription ?? uuid(at)
      if (!subscription)
        await fixture.run(
          'INSERT INTO push_subscriptions (id, user_id, endpoint, p256dh, auth, device, created_at) VALUES (?, ?, ?, ?, ?, ?, ?t)',
          [device, userId, `https://push.example/${device}`, 'p256dh', 'auth', 'Firefox on Linux', at]
        )
      const id = await fixture.message(channelId, {}, { due_at: due ?? at })
      const target = `push:${device}`
      await fixture.run(
        "UPDATE deliveries SET channel = 'push', target = ?, channel_id = NULL, user_id = ? WHERE id = ?",
        [target, userId, id]
      )
      await fixture.run('UPDATE delivery_items SET target = ? WHERE delivery_id = ?', [target, id])
      return { id, subscription: device }
    }
  })
}
