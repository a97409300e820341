import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { openPage, signIn } from '#tests/helpers/browser'
import { emptyTables } from '#tests/helpers/database'
import { Installation } from '#tests/helpers/installation'
import { connectFirst, signInFirst } from '#tests/helpers/newcomer'
import { aConnection, aPerson } from '#tests/helpers/people'

/** Long enough that nothing is due by itself while the test looks on. */
const HALF_AN_HOUR = { SANDBOX_TOKEN_LIFETIME: '30m' }

test.group('Runs in a browser', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear()
  })

  test('run a job now and watch it finish; refresh all, open the report and the account in it', async (context) => {
    const { assert, browser } = context
    const cleanup = (work: () => Promise<void>) => context.cleanup(work)
    const installation = await Installation.create(cleanup, { environment: HALF_AN_HOUR })
    await installation.migrate()
    const greeting = await installation.serve()
    const page = await (await browser.newContext()).newPage()
    await signInFirst(page, installation.url, greeting)
    await connectFirst(page)

    await page.keyboard.press('g')
    await page.keyboard.press('r')
    await page.waitForURL('**/runs')
    await page.getByRole('link', { name: 'Schedule' }).first().click()
    await page.waitForURL('**/schedule')
    await page
      .locator('#job-auto-token-refresh')
      .getByRole('button', { name: /^Run now/ })
      .click()
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/)
    await page.locator('.run-head').getByText('Finished').waitFor({ timeout: 30_000 })
    assert.match(await page.locator('.run-head').innerText(), /1\s+of\s+1\s+accounts/)

    await page.goto(`${installation.url}/accounts`)
    await page.getByRole('button', { name: 'Refresh all' }).click()
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/)
    await page.locator('.run-head').getByText('Finished').waitFor({ timeout: 30_000 })
    assert.match(await page.locator('.run-head').innerText(), /1\s+refreshed/)
    await page.getByRole('link', { name: /^Refreshed/ }).click()
    await page.waitForURL(/outcome=success/)
    const results = page.locator('#run tbody tr')
    assert.equal(await results.count(), 1)
    await results.getByRole('link').first().click()
    await page.waitForURL(/\/accounts\/[0-9a-f-]{36}$/)
    await page.locator('.outcome[data-outcome="success"]').first().waitFor()
    assert.equal(await installation.stop(), 0)
  }).timeout(120_000)

  test('a long run moves on its page and ends when it is cancelled', async ({ browser, assert }) => {
    const { organization, email } = await aPerson('operator')
    // Three at a time with a second between: long enough to be caught.
    for (let index = 0; index < 60; index++) await aConnection(organization, { provider: 'elsewhere' })
    const { page, complaints, close } = await openPage(browser)
    await signIn(page, email)
    await page.goto('/schedule')
    await page
      .locator('#job-comprehensive-token-refresh')
      .getByRole('button', { name: /^Run now/ })
      .click()
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/)
    await page.locator('.run-head', { hasText: 'Running' }).waitFor()
    await page.locator('.run-done', { hasText: /[1-9]\d*\s+of\s+60/ }).waitFor({ timeout: 15_000 })
    await page.getByRole('button', { name: 'Cancel this run' }).click()
    await page.locator('.run-head', { hasText: 'Cancelled' }).waitFor({ timeout: 15_000 })
    assert.equal(await page.getByRole('button', { name: 'Cancel this run' }).count(), 0)
    assert.deepEqual(complaints, [])
    await close()
  })
})
