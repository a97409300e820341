import { test } from '@japa/runner'
import webPush from 'web-push'
import { uuid } from '#models/uuid'
import { pushChannel } from '#notifications/channels/push'
import { PushDevices } from '#notifications/push_devices'
import { PushSubscriptions } from '#notifications/push_subscriptions'
import type { Matter, Message, Severity } from '#notifications/types'
import { Secret } from '#oauth/secret'
import { createTransport } from '#oauth/transport'
import { systemClock } from '#services/system_clock'
import { openPostgresDriver } from '#store/postgres_driver'
import { openSqliteDriver } from '#store/sqlite_driver'
import type { StoreDriver } from '#store/driver'
import { testDatabaseFile } from '#tests/helpers/database'
import { engineFixture, postgresUrl, type Dialect, type EngineFixture } from '#tests/helpers/engine_fixture'
import { ORGANIZATION } from '#tests/helpers/log_fixture'
import { NOW } from '#tests/helpers/refresh_fixtures'
import { PushService, type Subscribed } from '#tests/helpers/receivers/push_service'

const KEYS = webPush.generateVAPIDKeys()
const LINK = 'https://evergrant.example/accounts?status=reconnect'

/** Words that are told from each other; what they really say is tested with the wording. */
const wording = {
  words: ({ id }: Message) => ({
    title: 'Reconnect Ana',
    body: `Her grant is dead. ${id}`,
    lines: ['Ana', 'Ben'],
    link: LINK,
    action: 'Reconnect',
  }),
}

function aMessage(severity: Severity = 'high', values: Partial<Message> = {}): Message {
  const matter = { severity } as Matter
  return {
    id: uuid(NOW),
    organizationId: ORGANIZATION,
    organizationName: 'Main',
    matters: [matter],
    isDigest: false,
    isTest: false,
    locale: 'en',
    timeZone: 'UTC',
    audience: 'staff',
    createdAt: NOW,
    ...values,
  }
}

const receiverOf = ({ id, endpoint, p256dh, auth }: Subscribed) => ({
  kind: 'push' as const,
  subscriptionId: id,
  endpoint,
  p256dh,
  auth,
})

type Cleanup = (work: () => Promise<void>) => void

async function aService(cleanup: Cleanup) {
  const service = await PushService.start()
  const transport = createTransport({ clock: systemClock })
  cleanup(() => transport.close())
  cleanup(() => service.close())
  const channel = (values: Partial<typeof KEYS> = {}, allowPrivate = true) => {
    const { publicKey, privateKey } = { ...KEYS, ...values }
    const vapid = { publicKey, privateKey: new Secret(privateKey), subject: 'mailto:ops@evergrant.example' }
    return pushChannel({ transport, wording, vapid, settings: { timeout: 2_000, allowPrivate } })
  }
  return { service, channel, browser: service.subscribe(KEYS.publicKey) }
}

test.group('Web push to a push service', () => {
  test('a browser opens the message and finds title and link', async ({ assert, cleanup }) => {
    const { service, channel, browser } = await aService(cleanup)
    const message = aMessage()
    const receipt = await channel().send(message, receiverOf(browser))
    assert.deepInclude(receipt, { type: 'delivered', status: 201 })
    const [taken] = service.takenFor(browser.id)
    assert.deepEqual(JSON.parse(taken.text), {
      title: 'Reconnect Ana',
      body: `Her grant is dead. ${message.id}\nAna\nBen`,
      link: LINK,
      id: message.id,
      tag: message.id,
    })
    assert.deepInclude(taken, { ttl: 86_400, urgency: 'high', sub: 'mailto:ops@evergrant.example' })
  })

  test('no two messages share salt or keys', async ({ assert, cleanup }) => {
    const { service, channel, browser } = await aService(cleanup)
    const one = channel()
    for (let count = 0; count < 20; count++) await one.send(aMessage(), receiverOf(browser))
    const taken = service.takenFor(browser.id)
    assert.lengthOf(taken, 20)
    assert.equal(new Set(taken.map(({ salt }) => salt)).size, 20)
    assert.equal(new Set(taken.map(({ senderKey }) => senderKey)).size, 20)
  })

  test('another attempt takes the place of the first', async ({ assert, cleanup }) => {
    const { service, channel, browser } = await aService(cleanup)
    const message = aMessage()
    for (let count = 0; count < 3; count++) await channel().send(message, receiverOf(browser))
    assert.lengthOf(service.takenFor(browser.id), 1)
    assert.match(service.takenFor(browser.id)[0].topic!, /^[\w-]{32}$/)
  })

  test('what can wait does not wake a phone; a test is soon forgotten', async ({ assert, cleanup }) => {
    const { service, channel, browser } = await aService(cleanup)
    await channel().send(aMessage('normal'), receiverOf(browser))
    await channel().send(aMessage('normal', { matters: [], isTest: true }), receiverOf(browser))
    const [normal, tried] = service.takenFor(browser.id)
    assert.deepInclude(normal, { urgency: 'normal', ttl: 86_400 })
    assert.deepInclude(tried, { urgency: 'high', ttl: 300 })
  })

  test('keys of another installation are refused, and operators hear of it', async ({ assert, cleanup }) => {
    const { service, channel, browser } = await aService(cleanup)
    const receipt = await channel(webPush.generateVAPIDKeys()).send(aMessage(), receiverOf(browser))
    assert.deepInclude(receipt, { type: 'refused', alarm: true, status: 403, code: 'vapid_refused' })
    assert.lengthOf(service.takenFor(browser.id), 0)
  })

  test('halves of two pairs sign nothing', async ({ assert, cleanup }) => {
    const { service, channel, browser } = await aService(cleanup)
    const { privateKey } = webPush.generateVAPIDKeys()
    const receipt = await channel({ privateKey }).send(aMessage(), receiverOf(browser))
    assert.deepInclude(receipt, { type: 'refused', alarm: true, code: 'vapid_mismatched' })
    assert.lengthOf(service.answers, 0)
  })

  test('a token that has run out by the service’s clock is refused', async ({ assert, cleanup }) => {
    const { service, channel, browser } = await aService(cleanup)
    service.now = () => Date.now() + 25 * 60 * 60_000
    const receipt = await channel().send(aMessage(), receiverOf(browser))
    assert.deepInclude(receipt, { type: 'refused', alarm: true, code: 'vapid_refused', answer: 'expired' })
  })

  test('a subscription that is unknown or has ended is gone', async ({ assert, cleanup }) => {
    const { service, channel, browser } = await aService(cleanup)
    const other = { ...browser, endpoint: `${service.origin}/push/never` }
    assert.deepInclude(await channel().send(aMessage(), receiverOf(other)), { type: 'gone', status: 404 })
    service.expire(browser.id)
    assert.deepInclude(await channel().send(aMessage(), receiverOf(browser)), { type: 'gone', status: 410 })
  })

  test('a browser whose keys are no keys is gone', async ({ assert, cleanup }) => {
    const { service, channel, browser } = await aService(cleanup)
    const receipt = await channel().send(aMessage(), receiverOf({ ...browser, p256dh: 'AAAA' }))
    assert.deepInclude(receipt, { type: 'gone', code: 'malformed_keys' })
    assert.lengthOf(service.answers, 0)
  })

  test('a service that is too busy or down gets it later', async ({ assert, cleanup }) => {
    const { service, channel, browser } = await aService(cleanup)
    service.next({ status: 429, headers: { 'Retry-After': '90' } }, { status: 503 })
    const send = () => channel().send(aMessage(), receiverOf(browser))
    assert.deepInclude(await send(), { type: 'later', retryAfter: 90_000, code: 'rate_limited' })
    assert.deepInclude(await send(), { type: 'later', retryAfter: null, code: 'unavailable' })
    assert.deepInclude(await send(), { type: 'delivered' })
    await service.close()
    assert.deepInclude(await send(), { type: 'later', status: null })
  })

  test('no redirect is followed and no private address is reached', async ({ assert, cleanup }) => {
    const { service, channel, browser } = await aService(cleanup)
    service.next({ status: 307, headers: { Location: browser.endpoint } })
    const redirected = await channel().send(aMessage(), receiverOf(browser))
    assert.deepInclude(redirected, { type: 'refused', alarm: false, code: 'redirected' })
    assert.lengthOf(service.answers, 1)
    const guarded = await channel({}, false).send(aMessage(), receiverOf(browser))
    assert.deepInclude(guarded, { type: 'refused', alarm: false, code: 'insecure_url' })
    const secure = { ...browser, endpoint: browser.endpoint.replace('http:', 'https:') }
    const refused = await channel({}, false).send(aMessage(), receiverOf(secure))
    assert.deepInclude(refused, { type: 'refused', alarm: false, code: 'address_refused' })
    assert.lengthOf(service.answers, 1)
  })
})

test.group('The push service of the tests', () => {
  test('{title} is answered with {status}')
    .with([
      { title: 'no TTL', change: { ttl: '' }, status: 400 },
      { title: 'a TTL in words', change: { ttl: 'long' }, status: 400 },
      { title: 'an unknown urgency', change: { urgency: 'very-high' }, status: 400 },
      { title: 'a topic with a hash', change: { topic: 'a#b' }, status: 400 },
      { title: 'a topic of 33 characters', change: { topic: 'a'.repeat(33) }, status: 400 },
      { title: 'the old encoding', change: { 'content-encoding': 'aesgcm' }, status: 400 },
      { title: 'no credentials', change: { authorization: '' }, status: 401 },
      { title: 'credentials without a key', change: { authorization: 'vapid t=a.b.c' }, status: 403 },
      { title: 'all as it should be', change: {}, status: 201 },
    ])
    .run(async ({ assert, cleanup }, { change, status }) => {
      const { service, browser } = await aService(cleanup)
      const { endpoint, p256dh, auth } = browser
      const { headers, body } = webPush.generateRequestDetails(
        { endpoint, keys: { p256dh, auth } },
        'Hello',
        { vapidDetails: { subject: 'mailto:ops@evergrant.example', ...KEYS }, TTL: 60 }
      )
      const all: Record<string, string> = {}
      for (const [name, value] of Object.entries(headers)) all[name.toLowerCase()] = String(value)
      for (const [name, value] of Object.entries(change)) all[name] = value
      const kept = Object.entries(all).filter(([name, value]) => value !== '' && name !== 'content-length')
      const answer = await fetch(endpoint, { method: 'POST', headers: kept, body: new Uint8Array(body!) })
      assert.equal(answer.status, status)
      assert.lengthOf(service.takenFor(browser.id), status === 201 ? 1 : 0)
      if (status === 201) assert.match(answer.headers.get('location')!, /\/message\//)
    })

  test('a token for another service, for too long, or altered is refused', async ({ assert, cleanup }) => {
    const { browser, service } = await aService(cleanup)
    const now = Math.floor(Date.now() / 1000)
    const post = async (audience: string, expiration: number, alter = (text: string) => text) => {
      const sub = 'mailto:ops@evergrant.example'
      const { publicKey, privateKey } = KEYS
      const signed = webPush.getVapidHeaders(audience, sub, publicKey, privateKey, 'aes128gcm', expiration)
      const headers = { 'TTL': '60', 'Content-Encoding': 'aes128gcm', ...signed }
      headers.Authorization = alter(headers.Authorization)
      const answer = await fetch(browser.endpoint, { method: 'POST', headers })
      return `${answer.status} ${await answer.text()}`
    }
    assert.equal(await post('https://push.example', now + 60), '403 meant for https://push.example')
    assert.equal(await post(service.origin, now - 1), '403 expired')
    service.now = () => Date.now() - 60 * 60_000
    assert.equal(await post(service.origin, now + 23.5 * 3_600), '403 valid for more than a day')
    const altered = (text: string) =>
      text.replace(/\.(\w)(?=[^.]*,)/, (_, one) => `.${one === 'A' ? 'B' : 'A'}`)
    assert.equal(await post(service.origin, now + 60, altered), '403 the signature is not of this key')
  })

  test('more than 4096 bytes are too large', async ({ assert, cleanup }) => {
    const { browser } = await aService(cleanup)
    const answer = await fetch(browser.endpoint, { method: 'POST', body: 'x'.repeat(4097) })
    assert.equal(answer.status, 413)
  })
})

for (const dialect of ['sqlite', 'postgres'] as Dialect[]) {
  test.group(`Push devices on ${dialect}`, (group) => {
    let fixture: EngineFixture
    let driver: StoreDriver
    let push: PushSubscriptions
    const [ana, ben] = [uuid(NOW), uuid(NOW)]
    group.each.timeout(30_000)
    group.tap((one) => {
      if (dialect === 'postgres' && !postgresUrl) one.skip(true, 'no PostgreSQL at TEST_DATABASE_URL')
    })
    group.each.setup(async (context) => {
      fixture = await engineFixture(dialect, (work) => context.cleanup(work))
      const { clock } = fixture
      driver =
        dialect === 'sqlite'
          ? openSqliteDriver(testDatabaseFile(), clock)
          : openPostgresDriver(postgresUrl!, clock)
      context.cleanup(() => driver.close())
      push = new PushSubscriptions({ driver, clock })
      await fixture.connect('acme-account')
      for (const [id, email, role] of [
        [ana, 'ana@example.com', 'streamer'],
        [ben, 'ben@example.com', 'admin'],
      ]) {
        await fixture.run(
          'INSERT INTO users (id, email, password, created_at, locale) VALUES (?, ?, ?, ?t, ?)',
          [id, email, 'x', NOW, id === ana ? 'fr' : null]
        )
        const values = [ORGANIZATION, id, role, NOW]
        const sql =
          'INSERT INTO memberships (organization_id, user_id, role, created_at) VALUES (?, ?, ?, ?t)'
        await fixture.run(sql, values)
      }
    })

    const browserOf = (userId: string, name = 'one', values = {}) => ({
      userId,
      endpoint: `https://push.example/${name}`,
      p256dh: 'key',
      auth: 'auth',
      device: 'Firefox on Linux',
      ...values,
    })
    const idOf = (done: Awaited<ReturnType<PushSubscriptions['subscribe']>>) => (done.ok ? done.id : null)

    test('the same browser again is the same device', async ({ assert }) => {
      const first = idOf(await push.subscribe(browserOf(ana)))
      await push.markDelivered(first!)
      fixture.clock.advance(1_000)
      const again = idOf(
        await push.subscribe(browserOf(ana, 'one', { auth: 'new', device: 'Firefox on macOS' }))
      )
      assert.equal(again, first)
      const listed = { id: first!, endpoint: 'https://push.example/one', device: 'Firefox on macOS' }
      assert.deepEqual(await push.list(ana), [{ ...listed, createdAt: NOW, lastDeliveredAt: NOW }])
      assert.deepInclude(await push.receiver(first!), { auth: 'new', kind: 'push' })
    })

    test('a browser belongs to who enabled it last, and what waits for the former stays behind', async ({
      assert,
    }) => {
      const first = idOf(await push.subscribe(browserOf(ana)))
      await push.markDelivered(first!)
      fixture.clock.advance(1_000)
      const second = idOf(await push.subscribe(browserOf(ben)))
      assert.notEqual(second, first)
      assert.isNull(await push.receiver(first!))
      assert.deepEqual(await push.list(ana), [])
      assert.deepInclude((await push.list(ben))[0], { createdAt: NOW + 1_000, lastDeliveredAt: null })
    })

    test('two people who enable one browser at once end with one device', async ({ assert }) => {
      await Promise.all([ana, ben, ana, ben].map((person) => push.subscribe(browserOf(person))))
      assert.lengthOf([...(await push.list(ana)), ...(await push.list(ben))], 1)
    })

    test('a new endpoint of a browser keeps the device, so that what waits finds it', async ({ assert }) => {
      const first = idOf(await push.subscribe(browserOf(ana)))
      const replaces = 'https://push.example/one'
      const next = idOf(await push.subscribe(browserOf(ana, 'two', { replaces })))
      assert.equal(next, first)
      assert.deepInclude(await push.receiver(first!), { endpoint: 'https://push.example/two' })
      await push.removeGone(first!, replaces)
      assert.lengthOf(await push.list(ana), 1, 'a late answer about the former endpoint changes nothing')
      const foreign = idOf(
        await push.subscribe(browserOf(ben, 'three', { replaces: 'https://push.example/two' }))
      )
      assert.notEqual(foreign, first)
      assert.deepInclude(await push.receiver(first!), { endpoint: 'https://push.example/two' })
    })

    test('only the own device can be removed', async ({ assert }) => {
      const id = idOf(await push.subscribe(browserOf(ana)))!
      assert.isFalse(await push.remove(ben, id))
      assert.isTrue(await push.remove(ana, id))
      assert.isFalse(await push.remove(ana, id))
    })

    test('nobody fills the table', async ({ assert }) => {
      for (let count = 0; count < 20; count++) await push.subscribe(browserOf(ana, `n${count}`))
      assert.deepEqual(await push.subscribe(browserOf(ana, 'more')), { ok: false, reason: 'too_many' })
      assert.isTrue((await push.subscribe(browserOf(ana, 'n3'))).ok, 'one of them again')
      assert.isTrue((await push.subscribe(browserOf(ben, 'more'))).ok, 'somebody else')
    })

    test('a test reaches each device, tells each answer and forgets what is gone', async ({
      assert,
      cleanup,
    }) => {
      const { service, channel, browser } = await aService(cleanup)
      const gone = service.subscribe(KEYS.publicKey)
      service.expire(gone.id)
      const { clock } = fixture
      const sent: Message[] = []
      const vapid = { ...KEYS, privateKey: new Secret(KEYS.privateKey), subject: '' }
      const real = channel()
      const watched = {
        ...real,
        send: (message: Message, to: never) => (sent.push(message), real.send(message, to)),
      }
      const settings = { allowPrivate: true }
      const devices = new PushDevices({
        driver,
        clock,
        subscriptions: push,
        channel: watched,
        vapid,
        settings,
      })
      for (const one of [browser, gone]) {
        clock.advance(1_000)
        assert.isTrue((await devices.enable(ana, { ...one, replaces: '' }, 'Gecko/1 Firefox/140.0')).ok)
      }
      const results = await devices.test({ organizationId: ORGANIZATION, userId: ana })
      assert.deepEqual(
        results.map(({ device, receipt }) => [device, receipt.type, receipt.status]),
        [
          ['Firefox', 'delivered', 201],
          ['Firefox', 'gone', 410],
        ]
      )
      assert.deepInclude(sent[0], {
        isTest: true,
        locale: 'fr',
        audience: 'person',
        organizationName: 'Main',
      })
      assert.deepInclude(JSON.parse(service.takenFor(browser.id)[0].text), {
        title: 'Reconnect Ana',
        link: LINK,
      })
      const left = await push.list(ana)
      assert.deepEqual(
        left.map(({ lastDeliveredAt }) => lastDeliveredAt),
        [NOW + 2_000]
      )
      assert.deepEqual(await devices.test({ organizationId: ORGANIZATION, userId: ben }), [])
      assert.deepEqual(await devices.test({ organizationId: ORGANIZATION, userId: ben }, left[0].id), [])
      assert.deepEqual(await devices.people(ORGANIZATION), [
        { userId: ana, email: 'ana@example.com', devices: 1 },
        { userId: ben, email: 'ben@example.com', devices: 0 },
      ])
    })
  })
}
