import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { RefreshAttemptFactory } from '#database/factories/refresh_attempt_factory'
import { RunFactory } from '#database/factories/run_factory'
import { RunResults } from '#services/run_results'
import { axeFindings } from '#tests/helpers/axe'
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
    assert.match(await page.locator('.run-head').innerText(), /1\s+of\s+1\s+account\b/)

    await page.goto(`${installation.url}/accounts`)
    await page.getByRole('button', { name: 'Refresh all' }).click()
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/)
    await page.locator('.run-head').getByText('Finished').waitFor({ timeout: 30_000 })
    assert.match(await page.locator('.run-head').innerText(), /1\s+refreshed/)
    await page.getByRole('link', { name: /^Done/ }).click()
    await page.waitForURL(/group=done/)
    const results = page.locator('#results tr.listed')
    assert.equal(await results.count(), 1)
    await results.getByRole('link').first().click()
    await page.waitForURL(/\/accounts\/[0-9a-f-]{36}$/)
    await page.locator('.outcome[data-outcome="success"]').first().waitFor()
    assert.equal(await installation.stop(), 0)
  }).timeout(120_000)

  test('the live log comes by itself at its top, and stays still for who has scrolled down', async ({
    browser,
    assert,
  }) => {
    const { organization, email } = await aPerson()
    const account = await aConnection(organization)
    const ids = { organizationId: organization.id, connectionId: account.id }
    const come = () => RefreshAttemptFactory.merge({ ...ids, createdAt: DateTime.utc() }).create()
    for (let index = 0; index < 50; index++) await come()
    const { page, complaints, close } = await openPage(browser)
    await signIn(page, email)
    await page.goto('/activity?tail=on')
    const rows = page.locator('.activity-list tr.listed')
    const before = await rows.first().getAttribute('id')
    const { id } = await come()
    await page.locator(`[id$="${id}"]`).first().waitFor()
    assert.notEqual(await rows.first().getAttribute('id'), before)

    await rows.nth(40).scrollIntoViewIfNeeded()
    const topOf = async () => (await rows.nth(40).boundingBox())?.y
    const [place, row] = [await topOf(), await rows.nth(40).getAttribute('id')]
    await come()
    await page.getByText('1 new · show').waitFor()
    assert.equal(await rows.nth(40).getAttribute('id'), row)
    assert.equal(await topOf(), place)

    await page.evaluate('scrollTo(0, 0)')
    await page.getByText('1 new · show').waitFor({ state: 'detached' })
    assert.deepEqual(complaints, [])
    await close()
  })

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

  test('what failed is tried again with one click, and the report is downloaded', async ({
    browser,
    assert,
  }) => {
    const { organization, email } = await aPerson('operator')
    const { id: connectionId } = await aConnection(organization, {
      provider: 'elsewhere',
      displayName: 'Ana',
    })
    const run = await RunFactory.merge({ organizationId: organization.id, total: 1, failed: 1 }).create()
    const results = new RunResults(run.id)
    const cause = { reason: 'rejected', errorCode: 'invalid_grant' }
    results.add({ connectionId, provider: 'elsewhere', status: 'failed', ...cause })
    await results.flush()
    const { page, complaints, close } = await openPage(browser)
    await signIn(page, email, '/')
    await page.goto(`/runs/${run.id}`)
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download the report as Markdown' }).click()
    assert.equal((await download).suggestedFilename(), `run-${run.id}.md`)
    await page.getByRole('button', { name: 'Retry failed (1)' }).click()
    await page.waitForURL(
      (url) => /^\/runs\/[0-9a-f-]{36}$/.test(url.pathname) && !url.pathname.includes(run.id)
    )
    await page.locator('.run-head', { hasText: 'Finished' }).waitFor()
    await page.locator(`#result-${connectionId}`).waitFor()
    assert.deepEqual(complaints, [])
    await close()
  })

  test('on the schedule j and k go from job to job, and Enter opens the runs of one', async ({
    browser,
    assert,
  }) => {
    const { email } = await aPerson('operator')
    const { page, complaints, close } = await openPage(browser)
    await signIn(page, email)
    await page.goto('/schedule')
    const jobs = await page.locator('[data-row]').evaluateAll((all) => all.map(({ id }) => id))
    const current = page.locator('[data-row]:focus, [data-row]:has(:focus)')
    for (const id of jobs) {
      await page.keyboard.press('j')
      assert.equal(await current.getAttribute('id'), id)
    }
    const wanted = jobs.indexOf('job-comprehensive-token-refresh')
    for (let index = jobs.length - 1; index > wanted; index--) await page.keyboard.press('k')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/runs?job=comprehensive-token-refresh')
    assert.deepEqual(complaints, [])
    await close()
  })

  test('the log stays put and counts what is new; an entry opens beside it, and j goes on', async ({
    browser,
    assert,
  }) => {
    const { organization, email } = await aPerson('admin')
    const { id: connectionId } = await aConnection(organization)
    const anEntry = (minutes: number) =>
      RefreshAttemptFactory.merge({
        ...{ organizationId: organization.id, connectionId },
        createdAt: DateTime.utc().minus({ minutes }),
      }).create()
    const [older, newer] = [await anEntry(9), await anEntry(5)]
    const { page, complaints, close } = await openPage(browser)
    await signIn(page, email, '/')
    await page.goto('/activity')
    await anEntry(0)
    await page.getByRole('link', { name: '1 new · show' }).waitFor({ timeout: 10_000 })
    const rows = page.locator('#activity tr[data-row]')
    assert.equal(await rows.count(), 2)
    await page.locator(`#attempt-${newer.id}`).getByRole('link', { name: 'Refreshed' }).click()
    await page.locator('up-drawer #attempt').waitFor()
    assert.deepEqual(await axeFindings(page), [])
    await page.keyboard.press('j')
    await page.waitForURL(`**/activity/${older.id}`)
    await page.keyboard.press('Escape')
    await page.locator('up-drawer').waitFor({ state: 'detached' })
    await page.waitForURL('**/activity')
    await page.getByRole('link', { name: '1 new · show' }).click()
    await rows.nth(2).waitFor()
    assert.equal(await rows.count(), 3)
    assert.deepEqual(complaints, [])
    await close()
  })

  test('without scripts: a bar’s table row leads to its hour, and an entry is a page', async ({
    browser,
    assert,
  }) => {
    const { organization, email } = await aPerson('admin')
    const { id: connectionId } = await aConnection(organization)
    await RefreshAttemptFactory.merge({ organizationId: organization.id, connectionId }).create()
    const { page, close } = await openPage(browser, { javaScriptEnabled: false })
    await signIn(page, email, '/')
    await page.goto('/activity')
    await page.locator('#activity-chart-table summary').click()
    await page.locator('#activity-chart-table tbody a').click()
    await page.waitForURL(/from=/)
    await page.getByRole('link', { name: 'Refreshed' }).click()
    await page.waitForURL(/\/activity\/[0-9a-f-]{36}/)
    assert.include(await page.locator('#attempt').innerText(), 'As JSON')
    await close()
  })
})
