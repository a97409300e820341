import app from '@adonisjs/core/services/app'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { chromium, type Browser, type Page } from 'playwright'
import { appUrl } from '#config/app'
import { axeFindings } from '#tests/helpers/axe'
import { openPage, signIn } from '#tests/helpers/browser'
import { wholeChromium } from '#tests/helpers/chromium'
import { emptyTables } from '#tests/helpers/database'
import { aPerson } from '#tests/helpers/people'
import { useNotifications, VAPID_KEYS } from '#tests/helpers/push_fixture'
import { PushService, type Subscribed } from '#tests/helpers/receivers/push_service'

const ENABLE = 'Enable notifications on this browser'

/**
 * Chromium subscribes at Google's push service, which a test must not need. Its answer is replaced by a subscription at
 * ours; the question, the worker and everything after it are real.
 */
function subscribesAt({ endpoint, p256dh, auth }: Subscribed, publicKey: string): string {
  return `{
    const key = Uint8Array.from(atob('${publicKey}'.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
    const subscription = {
      endpoint: '${endpoint}',
      options: { applicationServerKey: key.buffer },
      toJSON: () => ({ endpoint: '${endpoint}', keys: { p256dh: '${p256dh}', auth: '${auth}' } }),
      unsubscribe: async () => true,
    }
    PushManager.prototype.subscribe = async function (options) {
      if (!options.userVisibleOnly || String(new Uint8Array(options.applicationServerKey)) !== String(key))
        throw new DOMException('wrong options', 'InvalidStateError')
      sessionStorage.setItem('subscribed', 'yes')
      return subscription
    }
    PushManager.prototype.getSubscription = async () => sessionStorage.getItem('subscribed') ? subscription : null
  }`
}

/** Tells Chromium's own service worker that a push has come, as its push client would. */
async function pushClient(page: Page) {
  const session = await page.context().newCDPSession(page)
  const registration = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const own = registrations.find(({ scopeURL }) => scopeURL.startsWith(appUrl))
      if (own) resolve(own.registrationId)
    })
  })
  await session.send('ServiceWorker.enable')
  const registrationId = await registration
  return (data: string) =>
    session.send('ServiceWorker.deliverPushMessage', { origin: appUrl, registrationId, data })
}

/** The service worker of the site, once it runs. */
async function workerOf(page: Page) {
  const started = page.context().waitForEvent('serviceworker')
  await page.evaluate("void navigator.serviceWorker.register('/sw.js')")
  const worker = await started
  await page.evaluate('navigator.serviceWorker.ready.then(() => null)')
  return worker
}

interface Shown {
  title: string
  body: string
  tag: string
  data: { link: string }
}

/** What the browser shows, once it shows a notification with this body. */
function shown(page: Page, body: string): Promise<Shown[]> {
  return page.evaluate(`(async () => {
    const registration = await navigator.serviceWorker.ready
    for (;;) {
      const list = await registration.getNotifications()
      if (list.some(({ body }) => body === ${JSON.stringify(body)}))
        return list.map(({ title, body, tag, data }) => ({ title, body, tag, data }))
      await new Promise(requestAnimationFrame)
    }
  })()`)
}

test.group('Web push in a browser', (group) => {
  let browser: Browser
  let service: PushService
  group.each.skip(() => wholeChromium() === null, 'no Chromium that shows notifications')
  group.setup(async () => {
    const executablePath = wholeChromium()
    if (executablePath) browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    return () => browser?.close()
  })
  group.each.setup(async (context) => {
    await emptyTables()
    await limiter.clear()
    await useNotifications((work) => context.cleanup(work))
    service = await PushService.start()
    context.cleanup(() => service.close())
  })

  test('a click enables, a test arrives, and Chromium shows its title and link', async ({ assert }) => {
    const { email } = await aPerson()
    const { page, complaints, close } = await openPage(browser, { permissions: ['notifications'] })
    const ours = service.subscribe(VAPID_KEYS.publicKey)
    await page.addInitScript(subscribesAt(ours, VAPID_KEYS.publicKey))
    await signIn(page, email)
    await page.goto('/alerts/devices')
    await page.getByRole('button', { name: ENABLE }).click()
    await page.getByText('Notifications are on in this browser').waitFor()
    const row = page.getByRole('row', { name: /This browser/ })
    await row.getByRole('button', { name: /Send a test/ }).click()
    await page.getByRole('status').getByText('Sent to').waitFor()

    const [taken] = service.takenFor(ours.id)
    const sent = JSON.parse(taken.text) as { title: string; body: string; link: string; tag: string }
    const deliver = await pushClient(page)
    await deliver(taken.text)
    const { title, body, link, tag } = sent
    assert.deepEqual(await shown(page, body), [{ title, body, tag, data: { link } }])
    assert.isTrue(link.startsWith(appUrl))
    await deliver(JSON.stringify({ ...sent, body: 'once more' }))
    assert.lengthOf(await shown(page, 'once more'), 1, 'a repetition takes the place of the first')

    await row.getByRole('button', { name: /Remove/ }).click()
    await page.getByRole('button', { name: ENABLE }).waitFor()
    assert.deepEqual(complaints, [])
    await close()
  })

  test('a push that nobody can read shows in general words', async ({ assert }) => {
    const { email } = await aPerson()
    const { page, close } = await openPage(browser, { permissions: ['notifications'] })
    await signIn(page, email)
    await page.evaluate(
      "navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)"
    )
    const deliver = await pushClient(page)
    await deliver('no JSON')
    const body = 'Something needs your attention. Open the inbox to see what.'
    const link = '/inbox'
    assert.deepEqual(await shown(page, body), [{ title: 'Evergrant', body, tag: '', data: { link } }])
    await close()
  })

  test('a click on a notification opens its page, and never one of another site', async ({ assert }) => {
    const { email } = await aPerson()
    const { page, close } = await openPage(browser, { permissions: ['notifications'] })
    await signIn(page, email)
    const worker = await workerOf(page)
    // A tab opens only after a real click, which nothing outside of a desktop can make.
    const opened = await worker.evaluate(`(async () => {
      const opened = []
      self.clients.openWindow = async (address) => void opened.push(address)
      const links = ['${appUrl}/runs?state=failed', '/schedule', 'https://evil.example/', 'javascript:alert(1)', null]
      for (const link of links) {
        const tag = String(link)
        await self.registration.showNotification('A message', { tag, data: { link } })
        const [notification] = await self.registration.getNotifications({ tag })
        const event = new NotificationEvent('notificationclick', { notification })
        let done
        event.waitUntil = (work) => (done = work)
        self.dispatchEvent(event)
        await done
      }
      const left = await self.registration.getNotifications()
      return { opened, left: left.length }
    })()`)
    const [own, inbox] = [`${appUrl}/runs?state=failed`, `${appUrl}/inbox`]
    assert.deepEqual(opened, { opened: [own, `${appUrl}/schedule`, inbox, inbox, inbox], left: 0 })
    await close()
  })

  test('a subscription that its push service has replaced is told to the server', async ({ assert }) => {
    const { email, user } = await aPerson()
    const { devices, push } = await app.container.make('notifications')
    const [former, next] = ['', ''].map(() => service.subscribe(VAPID_KEYS.publicKey))
    const enabled = await devices.enable(user.id, { ...former, replaces: '' }, 'Firefox/140.0 (X11; Linux)')
    const { page, close } = await openPage(browser, { permissions: ['notifications'] })
    await signIn(page, email)
    const worker = await workerOf(page)
    await worker.evaluate(
      `(async ({ former, next }) => {
        const event = new ExtendableEvent('pushsubscriptionchange')
        const { endpoint, p256dh, auth } = next
        let done
        Object.assign(event, {
          oldSubscription: former,
          newSubscription: { toJSON: () => ({ endpoint, keys: { p256dh, auth } }) },
          waitUntil: (work) => (done = work),
        })
        self.dispatchEvent(event)
        await done
      })(${JSON.stringify({ former, next })})`
    )
    const [device, ...others] = await push.list(user.id)
    assert.lengthOf(others, 0)
    assert.isTrue(enabled.ok && enabled.id === device.id)
    assert.equal(device.endpoint, next.endpoint)
    await close()
  })

  test('without a click nobody is asked, and a browser that blocks is told how to allow', async ({
    assert,
  }) => {
    const { email } = await aPerson()
    const { page, complaints, close } = await openPage(browser)
    await page.addInitScript(`{
      window.asked = 0
      let permission = 'default'
      Object.defineProperty(Notification, 'permission', { get: () => permission })
      Notification.requestPermission = async () => { window.asked += 1; return (permission = 'denied') }
    }`)
    await signIn(page, email)
    await page.goto('/alerts/devices')
    const button = page.getByRole('button', { name: ENABLE })
    await button.waitFor()
    assert.equal(await page.evaluate('window.asked'), 0)
    await button.click()
    await page.getByText('This browser blocks notifications from this site.').waitFor()
    assert.equal(await page.evaluate('window.asked'), 1)
    assert.isFalse(await button.isVisible())
    assert.deepEqual(complaints, [])
    await close()
  })

  test('a push service that {title} is told, and the button stays')
    .with([
      { title: 'refuses', answer: `throw new DOMException('no service', 'AbortError')` },
      { title: 'says nothing', answer: 'await new Promise(() => {})' },
    ])
    .run(async ({ assert }, { answer }) => {
      const { email } = await aPerson()
      const { page, close } = await openPage(browser, { permissions: ['notifications'] })
      await page.addInitScript(
        `PushManager.prototype.subscribe = async () => { document.documentElement.dataset.asked = ''; ${answer} }`
      )
      await signIn(page, email)
      await page.clock.install()
      await page.goto('/alerts/devices')
      await page.getByRole('button', { name: ENABLE }).click()
      await page.locator('html[data-asked]').waitFor()
      await page.clock.fastForward(20_000)
      await page.getByRole('alert').getByText('cannot be reached').waitFor()
      assert.isTrue(await page.getByRole('button', { name: ENABLE }).isEnabled())
      await close()
    })

  test('an iPhone is led to its Home Screen, an old browser elsewhere', async () => {
    const { email } = await aPerson()
    const userAgent =
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Safari/604.1'
    for (const [options, words] of [
      [{ userAgent }, 'Add to Home Screen'],
      [{}, 'cannot show notifications of web sites'],
    ] as const) {
      const { page, close } = await openPage(browser, options)
      await page.addInitScript('delete window.PushManager')
      await signIn(page, email)
      await page.goto('/alerts/devices')
      await page.getByText(words).waitFor()
      await close()
    }
  })

  test('axe finds nothing on any screen, in {$self}')
    .with(['light', 'dark'] as const)
    .run(async ({ assert }, colorScheme) => {
      const { email } = await aPerson()
      const { page, complaints, close } = await openPage(browser, {
        colorScheme,
        permissions: ['notifications'],
      })
      const ours = service.subscribe(VAPID_KEYS.publicKey)
      await page.addInitScript(subscribesAt(ours, VAPID_KEYS.publicKey))
      await signIn(page, email)
      await page.goto('/alerts/devices')
      await page.getByRole('button', { name: ENABLE }).waitFor()
      assert.deepEqual(await axeFindings(page), [], 'off')
      await page.getByRole('button', { name: ENABLE }).click()
      await page.getByText('Notifications are on in this browser').waitFor()
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 844 })
        assert.deepEqual(await axeFindings(page), [], `${width} on`)
      }
      assert.deepEqual(complaints, [])
      await close()
    })

  test('without JavaScript devices are listed, tested and removed', async ({ assert }) => {
    const { email, user } = await aPerson()
    const { devices } = await app.container.make('notifications')
    const ours = service.subscribe(VAPID_KEYS.publicKey)
    await devices.enable(user.id, { ...ours, replaces: '' }, 'Firefox/140.0 (X11; Linux)')
    const { page, close } = await openPage(browser, { javaScriptEnabled: false })
    await signIn(page, email)
    await page.goto('/alerts/devices')
    await page.getByText('Enabling needs JavaScript').waitFor()
    assert.isFalse(await page.getByRole('button', { name: ENABLE }).isVisible())
    await page.getByRole('button', { name: /Send a test/ }).click()
    await page.getByText('Sent to Firefox on Linux').waitFor()
    assert.lengthOf(service.takenFor(ours.id), 1)
    await page.getByRole('button', { name: /Remove/ }).click()
    await page.getByText('You have no devices yet').waitFor()
    await close()
  })
})
