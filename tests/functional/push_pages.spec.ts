import { createECDH, createHash } from 'node:crypto'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { appUrl } from '#config/app'
import type User from '#models/user'
import { uuid } from '#models/uuid'
import type { Notifications } from '#notifications/build_notifications'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'
import { useNotifications, VAPID_KEYS } from '#tests/helpers/push_fixture'
import { PushService, type Subscribed } from '#tests/helpers/receivers/push_service'

const words = (html: string) => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

test.group('Devices page', (group) => {
  let notifications: Notifications
  let service: PushService
  group.each.setup(async (context) => {
    await emptyTables()
    notifications = await useNotifications((work) => context.cleanup(work))
    service = await PushService.start()
    context.cleanup(() => service.close())
  })

  /** What the page's form sends. */
  const fieldsOf = ({ endpoint, p256dh, auth }: Subscribed, values: object = {}) => ({
    ...{ endpoint, p256dh, auth, replaces: '' },
    ...values,
  })

  test('every role enables, tests and removes the own browser: {$self}')
    .with(['admin', 'operator', 'viewer', 'game_master', 'streamer'] as const)
    .run(async ({ client, assert }, role) => {
      const { user } = await aPerson(role)
      const browser = service.subscribe(VAPID_KEYS.publicKey)
      const enabled = await client
        .post('/alerts/devices')
        .header('User-Agent', FIREFOX)
        .form(fieldsOf(browser))
        .loginAs(user)
        .withCsrfToken()
      enabled.assertStatus(200)
      const [{ id }] = await notifications.push.list(user.id)
      const page = (await client.get('/alerts/devices').loginAs(user)).text()
      assert.include(words(page), 'Firefox on Linux')
      assert.include(words(page), 'Nothing yet')
      assert.include(page, `data-endpoint="${createHash('sha256').update(browser.endpoint).digest('hex')}"`)
      assert.include(page, `data-key="${VAPID_KEYS.publicKey}"`)
      assert.notInclude(page, browser.endpoint)
      assert.notInclude(page, browser.auth)

      const tried = await client.post(`/alerts/devices/${id}/test`).loginAs(user).withCsrfToken()
      assert.include(words(tried.text()), 'Sent to Firefox on Linux')
      const [taken] = service.takenFor(browser.id)
      assert.isNotEmpty((JSON.parse(taken.text) as { title: string }).title)
      assert.notInclude(words(tried.text()), 'Nothing yet')

      const removed = await client.post(`/alerts/devices/${id}/remove`).loginAs(user).withCsrfToken()
      assert.include(words(removed.text()), 'You have no devices yet')
      assert.deepEqual(await notifications.push.list(user.id), [])
    })

  test('nobody reaches a device of somebody else', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const { user: colleague } = await aPerson('admin', organization)
    const { user: stranger } = await aPerson()
    const id = await aDevice(user)
    for (const other of [colleague, stranger]) {
      const page = (await client.get('/alerts/devices').loginAs(other)).text()
      assert.notInclude(page, id)
      for (const action of ['test', 'remove']) {
        const path = `/alerts/devices/${id}/${action}`
        ;(await client.post(path).loginAs(other).withCsrfToken()).assertStatus(404)
      }
    }
    ;(await client.post('/alerts/devices/garbage/test').loginAs(user).withCsrfToken()).assertStatus(404)
    assert.lengthOf(await notifications.push.list(user.id), 1)
    assert.lengthOf(service.answers, 0)
  })

  async function aDevice({ id: userId }: User, browser = service.subscribe(VAPID_KEYS.publicKey)) {
    const told = fieldsOf(browser)
    const enabled = await notifications.devices.enable(userId, told, FIREFOX)
    if (!enabled.ok) throw new Error(enabled.message)
    return enabled.id
  }

  test('a browser that another person signs in to becomes theirs', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const { user: next } = await aPerson('streamer', organization)
    const browser = service.subscribe(VAPID_KEYS.publicKey)
    await aDevice(user, browser)
    await client.post('/alerts/devices').form(fieldsOf(browser)).loginAs(next).withCsrfToken()
    assert.lengthOf(await notifications.push.list(user.id), 0)
    assert.lengthOf(await notifications.push.list(next.id), 1)
  })

  test('what the engine tells of reaches the browser, with the account in its title and its page in the link', async ({
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const connection = await aConnection(organization, { displayName: 'Ana' })
    const browser = service.subscribe(VAPID_KEYS.publicKey)
    await aDevice(user, browser)
    await anEvent(organization.id, connection.id)
    assert.equal(await notifications.dispatcher.tick(), 1)
    await notifications.notifier.tick()
    const [taken, ...more] = service.takenFor(browser.id)
    assert.lengthOf(more, 0)
    const { title, link } = JSON.parse(taken.text) as Record<string, string>
    assert.include(title, 'Ana')
    assert.isTrue(link.startsWith(`${appUrl}/accounts/${connection.id}`), link)
    assert.isNotNull((await notifications.push.list(user.id))[0].lastDeliveredAt)
  })

  async function anEvent(organizationId: string, connectionId: string) {
    await db.table('events').insert({
      id: uuid(),
      organization_id: organizationId,
      connection_id: connectionId,
      provider: 'twitch',
      name: 'connection.needs_reauth',
      severity: 'high',
      data: JSON.stringify({ cause: 'rejected' }),
      dedupe_key: uuid(),
      created_at: new Date().toISOString(),
    })
  }

  test('what no browser would say is refused with a sentence', async ({ client, assert }) => {
    const { user } = await aPerson()
    const browser = service.subscribe(VAPID_KEYS.publicKey)
    const compressed = createECDH('prime256v1').generateKeys('base64url', 'compressed')
    for (const [values, sentence] of [
      [{ endpoint: 'file:///etc/passwd' }, 'a push service that cannot be reached safely'],
      [{ endpoint: '' }, 'a push service that cannot be reached safely'],
      [{ p256dh: compressed }, 'keys that cannot encrypt a message'],
      [{ auth: 'AAAA' }, 'keys that cannot encrypt a message'],
    ] as const) {
      const form = fieldsOf(browser, values)
      const response = await client.post('/alerts/devices').form(form).loginAs(user).withCsrfToken()
      assert.include(words(response.text()), sentence)
    }
    assert.lengthOf(await notifications.push.list(user.id), 0)
  })

  test('a device that is gone is removed by its test, and the person reads why', async ({
    client,
    assert,
  }) => {
    const { user } = await aPerson()
    const browser = service.subscribe(VAPID_KEYS.publicKey)
    const id = await aDevice(user, browser)
    service.next({ status: 503 })
    const busy = await client.post(`/alerts/devices/${id}/test`).loginAs(user).withCsrfToken()
    assert.include(words(busy.text()), 'cannot be reached now')
    service.expire(browser.id)
    const gone = await client.post(`/alerts/devices/${id}/test`).loginAs(user).withCsrfToken()
    assert.include(words(gone.text()), 'so it is removed')
    assert.lengthOf(await notifications.push.list(user.id), 0)
  })

  test('a browser that was enabled with other keys is told how to mend that', async ({ client, assert }) => {
    const { user } = await aPerson()
    const id = await aDevice(user, service.subscribe('a key of former times'))
    const refused = await client.post(`/alerts/devices/${id}/test`).loginAs(user).withCsrfToken()
    assert.include(words(refused.text()), 'when this installation had other keys')
  })

  test('forms of other sites do nothing', async ({ client, assert }) => {
    const { user } = await aPerson()
    const form = fieldsOf(service.subscribe(VAPID_KEYS.publicKey))
    ;(await client.post('/alerts/devices').form(form).loginAs(user)).assertStatus(419)
    assert.lengthOf(await notifications.push.list(user.id), 0)
  })

  test('a service worker gets the key and a token of its person, and nobody else does', async ({
    client,
    assert,
  }) => {
    const { user } = await aPerson('streamer')
    const path = '/alerts/devices/key'
    const answer = await client.get(path).header('Accept', 'application/json').loginAs(user)
    assert.equal(answer.body().public_key, VAPID_KEYS.publicKey)
    assert.isNotEmpty(answer.body().csrf_token)
    assert.equal(answer.header('cache-control'), 'no-store')
    const stranger = await client.get(path).header('Accept', 'application/json')
    stranger.assertStatus(401)
  })

  test('without keys staff read which command makes them, and others whom to ask', async ({
    client,
    assert,
    cleanup,
  }) => {
    await useNotifications((work) => cleanup(work), { publicKey: '', privateKey: '' })
    const { user, organization } = await aPerson('operator')
    const { user: streamer } = await aPerson('streamer', organization)
    await aDevice(user)
    const page = (await client.get('/alerts/devices').loginAs(user)).text()
    assert.include(page, 'node ace push:keys')
    assert.notMatch(page, /data-key=|Send a test/)
    const theirs = words((await client.get('/alerts/devices').loginAs(streamer)).text())
    assert.include(theirs, 'Ask an admin')
    assert.notInclude(theirs, 'push:keys')
  })

  test('signing out forgets this browser, and none of the other devices', async ({ client, assert }) => {
    const { user } = await aPerson('streamer')
    const fields = fieldsOf(service.subscribe(VAPID_KEYS.publicKey))
    await aDevice(user)
    const form = client.post('/alerts/devices').header('User-Agent', FIREFOX).form(fields).redirects(0)
    const enabled = await form.loginAs(user).withCsrfToken()
    const { value } = enabled.cookie('push_device') ?? {}
    assert.lengthOf(await notifications.push.list(user.id), 2)
    const out = client.post('/logout').loginAs(user).withCsrfToken().redirects(0)
    const left = await out.withCookie('push_device', value)
    left.assertStatus(303)
    const rest = await notifications.push.list(user.id)
    assert.lengthOf(rest, 1)
    assert.notEqual(rest[0].id, value)
    assert.equal(left.cookie('push_device')?.maxAge, 0)
  })

  test('a browser that somebody else enabled is not theirs to forget', async ({ client, assert }) => {
    const [{ user: one }, { user: another }] = [await aPerson(), await aPerson()]
    await aDevice(one)
    const [{ id }] = await notifications.push.list(one.id)
    await client.post('/logout').loginAs(another).withCsrfToken().withCookie('push_device', id).redirects(0)
    assert.lengthOf(await notifications.push.list(one.id), 1)
  })

  test('the service worker and the manifest are served as what they are', async ({ client, assert }) => {
    const worker = await client.get('/sw.js')
    assert.match(worker.header('content-type')!, /javascript/)
    assert.notMatch(worker.header('cache-control') ?? '', /max-age=[1-9]/)
    const manifest = await client.get('/manifest.webmanifest')
    assert.match(manifest.header('content-type')!, /manifest\+json/)
    const { icons } = JSON.parse(manifest.text()) as { icons: { src: string }[] }
    for (const { src } of icons) (await client.get(src)).assertStatus(200)
  })
})
