import app from '@adonisjs/core/services/app'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import settings from '#config/notifications'
import { startNotifications } from '#services/scheduler/start_notifications'
import { axeFindings } from '#tests/helpers/axe'
import { openPage, signIn } from '#tests/helpers/browser'
import { emptyTables } from '#tests/helpers/database'
import { aMatter } from '#tests/helpers/notification_rows'
import { aConnection, aPerson } from '#tests/helpers/people'
import { HttpReceiver } from '#tests/helpers/receivers/http_receiver'

/** The notifications of the application, which may write to this machine as an operator can allow them. */
async function localNotifications(cleanup: (work: () => Promise<void>) => void) {
  const { allowPrivate } = settings
  settings.allowPrivate = true
  const notifications = await startNotifications(app).finally(() => (settings.allowPrivate = allowPrivate))
  const usual = await app.container.make('notifications')
  app.container.bindValue('notifications', notifications)
  cleanup(async () => {
    app.container.bindValue('notifications', usual)
    await notifications.close()
  })
  return notifications
}

test.group('Notifications in a browser', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear()
  })

  test('what happens shows by itself, in the inbox and in the rail of another page', async ({
    browser,
    assert,
  }) => {
    const { user, organization, email } = await aPerson()
    const { page, complaints, close } = await openPage(browser)
    await signIn(page, email)
    await aMatter(user, organization, { connections: [await aConnection(organization)] })
    await page.locator('#unread-count', { hasText: '1' }).waitFor({ timeout: 8_000 })
    await page.keyboard.press('g')
    await page.keyboard.press('i')
    await page.waitForURL('**/inbox')
    await page.locator('.matter').first().waitFor()
    await aMatter(user, organization, { severity: 'high', ago: 0 })
    await page.locator('.matter >> nth=1').waitFor({ timeout: 8_000 })
    await page.getByRole('button', { name: 'Mark as read' }).first().click()
    await page.locator('#unread-count', { hasText: '1' }).waitFor()
    await page.getByRole('button', { name: 'Mark all as read' }).click()
    await page.getByText('Everything is marked as read.').waitFor()
    assert.equal(await page.locator('.matter-new').count(), 0)
    assert.isFalse(await page.locator('#unread-count').isVisible())
    assert.deepEqual(complaints, [])
    await close()
  })

  test('j and k walk through the inbox, and Enter opens what a row is about', async ({ browser, assert }) => {
    const { user, organization, email } = await aPerson()
    const connections = [await aConnection(organization)]
    for (const ago of [9, 5, 1]) await aMatter(user, organization, { connections, ago })
    const { page, complaints, close } = await openPage(browser)
    await signIn(page, email)
    await page.goto('/inbox')
    const current = page.locator('.matter:has(:focus)')
    const [first, second] = await page.locator('.matter').evaluateAll((all) => all.map(({ id }) => id))
    for (const [key, id] of [
      ['j', first],
      ['j', second],
      ['k', first],
    ]) {
      await page.keyboard.press(key)
      assert.equal(await current.getAttribute('id'), id)
    }
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/accounts/)
    assert.deepEqual(complaints, [])
    await close()
  })

  test('a webhook is added, tested, delivered, listed and sent again', async (context) => {
    const { assert, browser } = context
    const cleanup = (work: () => Promise<void>) => context.cleanup(work)
    const notifications = await localNotifications(cleanup)
    const receiver = await HttpReceiver.start(cleanup)
    const { email } = await aPerson('operator')
    const { page, complaints, close } = await openPage(browser)
    await signIn(page, email)
    await page.goto('/alerts/channels')
    await page.getByRole('link', { name: 'Add the first channel' }).click()
    await page.locator('.kinds').getByRole('link', { name: 'Webhook' }).click()
    await page.getByLabel('Name').fill('Our hook')
    await page.getByLabel('URL', { exact: true }).fill(receiver.url())
    await page.getByRole('button', { name: 'Add the channel' }).click()
    await page.getByText(/^whsec_/).waitFor()
    assert.deepEqual(await axeFindings(page), [])
    await page.getByRole('link', { name: 'I have copied it' }).click()
    await page.getByRole('button', { name: 'Send a test' }).click()
    await page.waitForURL(/\/alerts\/deliveries\/[0-9a-f-]{36}$/)
    await page.locator('.run-head', { hasText: 'Waiting' }).waitFor()
    await notifications.notifier.tick()
    await page.locator('.run-head', { hasText: 'Delivered' }).waitFor({ timeout: 8_000 })
    await page.getByRole('link', { name: 'Deliveries' }).first().click()
    await page.locator('tr', { hasText: 'Our hook' }).getByText('Delivered').waitFor()
    await page.locator('tr', { hasText: 'Our hook' }).getByRole('link').click()
    await page.getByRole('button', { name: 'Redeliver' }).click()
    await page.getByText('It is sent again in a moment, under the same id.').waitFor()
    await notifications.notifier.tick()
    await page.locator('.attempt-list tbody tr >> nth=1').waitFor({ timeout: 8_000 })
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    assert.lengthOf(ids, 2)
    assert.equal(ids[0], ids[1])
    assert.deepEqual(complaints, [])
    await close()
  })

  test('without JavaScript rules and channels are made and changed', async ({ browser, assert }) => {
    const { email } = await aPerson('operator')
    const { page, close } = await openPage(browser, { javaScriptEnabled: false })
    await signIn(page, email)
    await page.getByRole('link', { name: 'Alerts' }).click()
    await page.getByRole('link', { name: 'Channels', exact: true }).click()
    await page.getByRole('link', { name: 'Add the first channel' }).click()
    await page.getByRole('link', { name: 'E-mail' }).click()
    await page.getByLabel('Name').fill('Team')
    await page.getByLabel('E-mail address').fill('nobody')
    await page.getByRole('button', { name: 'Add the channel' }).click()
    assert.equal(await page.getByLabel('E-mail address').getAttribute('aria-invalid'), 'true')
    await page.getByLabel('E-mail address').fill('team@example.com')
    await page.getByRole('button', { name: 'Add the channel' }).click()
    await page.getByText('The channel is there.').waitFor()
    await page.getByRole('link', { name: 'Add one' }).click()
    await page.getByLabel('Name').fill('Night watch')
    await page.getByLabel('Only these', { exact: true }).check()
    await page.getByLabel('A run failed').check()
    assert.isTrue(await page.getByLabel('Team').isChecked())
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Night watch is added.').waitFor()
    await page.getByRole('button', { name: 'Change', exact: true }).click()
    await page.getByRole('link', { name: 'Change What is important' }).click()
    await page.getByLabel('This rule is on').uncheck()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.locator('.rule-off', { hasText: 'What is important' }).waitFor()
    await page.getByLabel('From').fill('22:00')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('When do the quiet hours end?').waitFor()
    await close()
  })
})
