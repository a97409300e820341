/** The main tasks with a keyboard alone, and without any script: on a sandbox that really issues tokens. */
import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import type { Locator, Page } from 'playwright'
import { systemClock } from '#services/system_clock'
import { run } from '#store/driver'
import { openSqliteDriver } from '#store/sqlite_driver'
import { openPage } from '#tests/helpers/browser'
import { Installation } from '#tests/helpers/installation'
import { allow, FIRST, makeFirst, signInFirst } from '#tests/helpers/newcomer'

const ACCOUNT = /\/accounts\/[0-9a-f-]{36}$/
/** No page of ours has so many things to reach. */
const MOST_STEPS = 150

/** What the tests' types know nothing of: an element of the page. */
type Focusable = { matches(selector: string): boolean }

/** An installation as a newcomer has it, whose sandbox really issues tokens. */
async function scene(context: TestContext) {
  const installation = await Installation.create((work) => context.cleanup(work))
  await installation.migrate()
  const greeting = await installation.serve()
  const driver = openSqliteDriver(installation.environment.DATABASE_URL.replace('sqlite:', ''), systemClock)
  context.cleanup(() => driver.close())
  const change = (sql: string, values: (string | number)[]) => driver.transaction(() => run(sql, values))
  return {
    url: installation.url,
    greeting,
    account: async () => {
      const [row] = await driver.read('SELECT id, token_version, is_active FROM connections', [])
      return { id: String(row.id), version: Number(row.token_version), isActive: Boolean(row.is_active) }
    },
    /** What is not due is left alone by a refresh of many. */
    makeDue: (id: string) =>
      change('UPDATE connections SET next_refresh_at = ?t WHERE id = ?', [Date.now() + 60_000, id]),
    /** The grant is gone, as two refusals leave it. */
    giveUp: (id: string) =>
      change(
        `UPDATE connections SET status = 'needs_reauth', status_reason = 'rejected', is_active = 0,
           next_refresh_at = NULL WHERE id = ?`,
        [id]
      ),
  }
}

/** What the browser complains of on our pages; the sandbox's page is a stranger's. */
function ownComplaints(page: Page, url: string): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    const { url: source } = message.location()
    if (message.type() === 'error' && source.startsWith(url)) complaints.push(`${message.text()} ${source}`)
  })
  return complaints
}

/** Goes with Tab, and nothing else, to something on the page. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor()
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    if (await target.evaluate((one) => (one as unknown as Focusable).matches(':focus'))) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never reaches ${String(target)}`)
}

async function press(page: Page, name: string | RegExp, within: Page | Locator = page): Promise<void> {
  await tabTo(page, within.getByRole('button', { name }).first())
  await page.keyboard.press('Enter')
}

/** Consents at the sandbox, whose page begins anew with Tab. */
async function allowByKeyboard(page: Page): Promise<void> {
  await page.waitForURL(/\/interaction\//)
  const choice = page.getByRole('radio').first()
  if (!(await choice.isChecked())) {
    await tabTo(page, choice)
    await page.keyboard.press('Space')
  }
  await press(page, 'Allow')
  await page.waitForURL(ACCOUNT)
}

/** Looks at the run again until it has ended; without a script the page does not do so by itself. */
async function finished(page: Page): Promise<void> {
  for (let looks = 0; looks < 100; looks++) {
    if (await page.getByText('Finished').first().isVisible()) return
    await page.waitForTimeout(200)
    await page.reload()
  }
}

test.group('Main tasks', (group) => {
  group.each.timeout(170_000)

  test('a keyboard alone signs in, connects, filters, refreshes what was chosen, and reconnects', async (context) => {
    const { assert, browser } = context
    const { url, greeting, account, makeDue, giveUp } = await scene(context)
    await makeFirst(greeting)
    const { page, close } = await openPage(browser, { baseURL: url })
    const complaints = ownComplaints(page, url)
    await page.goto('/login')
    await tabTo(page, page.getByLabel('E-mail address'))
    await page.keyboard.type(FIRST.email)
    await tabTo(page, page.getByLabel('Password'))
    await page.keyboard.type(FIRST.password)
    await page.keyboard.press('Enter')
    await page.waitForURL((address) => address.pathname === '/')

    await page.goto('/accounts/connect')
    await press(page, 'Connect Sandbox')
    await allowByKeyboard(page)
    await page.locator('.account-head').getByText('Healthy').waitFor()
    const { id, version } = await account()
    await makeDue(id)

    await page.keyboard.press('/')
    await page.keyboard.type('provider:sandbox')
    await page.keyboard.press('Enter')
    await page.waitForURL(/q=provider(%3A|:)sandbox/)
    await tabTo(page, page.locator('[data-row-select]').first())
    await page.keyboard.press('Space')
    await press(page, /^Refresh/, page.locator('#bulk'))
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/)
    await finished(page)
    assert.isAbove((await account()).version, version)

    await giveUp(id)
    await page.goto(`/accounts/${id}`)
    await press(page, 'Reconnect')
    await allowByKeyboard(page)
    await page.locator('.account-head').getByText('Healthy').waitFor()
    assert.deepEqual(complaints, [])
    await close()
  })

  test('without JavaScript people sign in, connect, filter, refresh and reconnect', async (context) => {
    const { assert, browser } = context
    const { url, greeting, account, makeDue, giveUp } = await scene(context)
    const { page, close } = await openPage(browser, { javaScriptEnabled: false, baseURL: url })
    await signInFirst(page, url, greeting)
    await page.goto('/accounts/connect')
    await page.getByRole('button', { name: 'Connect Sandbox' }).click()
    await allow(page)
    await page.waitForURL(ACCOUNT)
    const { id, version } = await account()
    await makeDue(id)

    await page.goto('/accounts')
    await page.getByLabel('Status', { exact: true }).selectOption('healthy')
    await page.getByRole('button', { name: 'Filter' }).click()
    assert.equal(await page.getByRole('rowheader').count(), 1)
    await page.locator('[data-row-select]').first().check()
    await page
      .locator('#bulk')
      .getByRole('button', { name: /^Refresh/ })
      .click()
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/)
    await finished(page)
    assert.isAbove((await account()).version, version)

    await giveUp(id)
    await page.goto(`/accounts/${id}`)
    await page.getByRole('button', { name: 'Reconnect' }).first().click()
    await allow(page)
    await page.waitForURL(ACCOUNT)
    assert.isTrue((await account()).isActive)
    await close()
  })
})
