/** What an operator does with one account (UI.md §4.5). */
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import { DateTime } from 'luxon'
import type { BrowserContextOptions, Page } from 'playwright'
import { RefreshAttemptFactory } from '#database/factories/refresh_attempt_factory'
import Connection from '#models/connection'
import { uuid } from '#models/uuid'
import type { CallRecord } from '#oauth/types'
import { axeFindings } from '#tests/helpers/axe'
import { openPage, signIn } from '#tests/helpers/browser'
import { connectFixture } from '#tests/helpers/connect_fixture'
import { aConnection, aPerson } from '#tests/helpers/people'

const DEAD = { status: 'needs_reauth', statusReason: 'rejected', isActive: false, errorCode: 'invalid_grant' }

const REFUSED = {
  outcome: 'failed',
  failureClass: 'rejected',
  errorCode: 'invalid_grant',
  strike: 2,
} as const
const A_LONG_CALL: CallRecord = {
  ...{ method: 'POST', host: 'oauth.accounts.of-a-provider-with-a-long-name.example', sent: true },
  ...{
    status: 400,
    code: null,
    ms: 12_345,
    request_id: '8c1f2a3b4c5d6e7f-8c1f2a3b4c5d6e7f-8c1f2a3b4c5d6e7f-AMS',
  },
  request: { 'content-type': 'application/x-www-form-urlencoded' },
  response: { 'www-authenticate': `Bearer error="${'x'.repeat(80)}"` },
}

/** An operator in a browser, and a sandbox that really issues tokens. */
async function scene({ browser, cleanup }: TestContext, options: BrowserContextOptions = {}) {
  await limiter.clear()
  const { organization } = await connectFixture((work) => cleanup(work))
  const { email } = await aPerson('operator', organization)
  const opened = await openPage(browser, options)
  cleanup(() => opened.close())
  await signIn(opened.page, email)
  return { organization, ...opened }
}

async function allow(page: Page): Promise<void> {
  await page.waitForURL(/\/interaction\//)
  await page.getByRole('radio', { name: 'Nova Hollis' }).check({ force: true })
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.waitForURL(/\/accounts\/[0-9a-f-]{36}$/)
}

const healthy = (page: Page) => page.locator('.account-head').getByText('Healthy').waitFor()
const says = (page: Page, text: RegExp) => page.getByRole('status').getByText(text).first().waitFor()

test.group('An account in a browser', (group) => {
  group.each.timeout(60_000)

  test('connect it, refresh it, pause it and resume it', async (context) => {
    const { page, complaints } = await scene(context)
    await page.goto('/accounts/connect')
    await page.getByRole('button', { name: 'Connect Sandbox' }).click()
    await allow(page)
    await healthy(page)
    // Somebody else is at it: no error, and no second request. `main_job.spec.ts` sees one through.
    const row = await Connection.firstOrFail()
    await page.route('**/refresh', async (route) => {
      const leaseUntil = DateTime.utc().plus({ seconds: 60 })
      await row.merge({ attemptId: uuid(Date.now() - 2_000), leaseUntil }).save()
      await route.continue()
    })
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await says(page, /^Already refreshing \(\d+ s\)\.$/)
    await row.merge({ attemptId: null, leaseUntil: null }).save()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.locator('.account-head').getByText('Paused').waitFor()
    await page.getByRole('button', { name: 'Resume' }).click()
    await healthy(page)
    context.assert.deepEqual(complaints, [])
  })

  test('understand why one is dead, and mend it', async (context) => {
    const { page } = await scene(context)
    await page.goto('/accounts/connect')
    await page.getByRole('button', { name: 'Connect Sandbox' }).click()
    await allow(page)
    const account = await Connection.firstOrFail()
    await account.merge({ ...DEAD, nextRefreshAt: null } as Partial<Connection>).save()
    await page.reload()
    await page.getByRole('heading', { name: 'Why “Reconnect needed”' }).waitFor()
    await page.getByText('the grant is dead, most likely revoked').waitFor()
    await page.getByRole('button', { name: 'Reconnect', exact: true }).click()
    await allow(page)
    await healthy(page)
  })

  test('disconnect it by its typed name, without JavaScript', async (context) => {
    const { page, organization } = await scene(context, { javaScriptEnabled: false })
    const { id } = await aConnection(organization, { displayName: 'Ana Live' })
    await page.goto(`/accounts/${id}`)
    await page.getByRole('link', { name: 'Settings' }).last().click()
    const menu = page.getByRole('link', { name: 'Disconnect…' })
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.keyboard.press('Escape')
    await menu.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'More actions' }).click()
    await menu.click()
    await page.locator('summary').getByText('Disconnect…').click()
    await page.getByLabel('Type “Ana Live” to confirm').first().fill('Ana')
    await page.getByRole('button', { name: 'Disconnect for good' }).click()
    await page.getByText('This is not the name.').waitFor()
    await page.getByLabel('Type “Ana Live” to confirm').first().fill('Ana Live')
    await page.getByRole('button', { name: 'Disconnect for good' }).click()
    await page.getByText('Disconnected.').first().waitFor()
    context.assert.equal((await Connection.findOrFail(id)).status, 'disconnected')
  })

  test('its tabs work in the drawer beside the list, and each is in the URL', async (context) => {
    const { page, organization } = await scene(context)
    await aConnection(organization, { displayName: 'Ana Live' })
    await page.goto('/accounts')
    await page.getByRole('link', { name: 'Ana Live' }).click()
    const drawer = page.locator('up-drawer')
    for (const [tab, title] of [
      ['Timeline', 'What happened'],
      ['Calls', 'Requests to the provider'],
      ['Settings', 'Settings of this account'],
    ]) {
      await drawer.getByRole('link', { name: tab, exact: true }).click()
      await drawer.getByRole('heading', { name: title }).waitFor()
      await page.waitForURL(`**/accounts/*?tab=${tab.toLowerCase()}`)
      await drawer.locator('[aria-current]', { hasText: tab }).waitFor()
    }
  })

  test('at 390 px no part of what an account kept scrolls sideways, in {locale}')
    .with([{ locale: 'en' }, { locale: 'fr' }, { locale: 'ja' }] as const)
    .run(async (context, { locale }) => {
      const { browser, assert } = context
      const { organization, email } = await aPerson('operator')
      const { id: connectionId } = await aConnection(organization)
      const ids = { organizationId: organization.id, connectionId }
      await RefreshAttemptFactory.merge({ ...ids, details: { calls: [A_LONG_CALL] }, ...REFUSED }).create()
      await RefreshAttemptFactory.merge(ids).create()
      const { page, close } = await openPage(browser, { viewport: { width: 390, height: 844 } })
      await signIn(page, email)
      await page.setExtraHTTPHeaders({ 'Accept-Language': locale })
      for (const tab of ['overview', 'timeline', 'calls']) {
        await page.goto(`/accounts/${connectionId}?tab=${tab}`)
        assert.equal(await page.locator('html').getAttribute('lang'), locale)
        for (const summary of await page.locator('#account summary').all()) await summary.click()
        const frames = page.locator('#account .log-frame')
        assert.isAbove(await frames.count(), 0)
        const over = await page.evaluate<
          string[]
        >(`[...document.querySelectorAll('#account .panel, .log-frame')]
          .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.className)`)
        assert.deepEqual(over, [], tab)
      }
      assert.deepEqual(await axeFindings(page), [])
      await close()
    })
})
