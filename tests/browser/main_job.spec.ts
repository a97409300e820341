import { test } from '@japa/runner'
import type { Page } from 'playwright'
import { Installation } from '#tests/helpers/installation'
import { allow, connectFirst, signInFirst } from '#tests/helpers/newcomer'

/** The sandbox's tokens live 12 s here and are renewed after about 6; its first strike is tried again 6 s later. */
const FAST = { SANDBOX_TOKEN_LIFETIME: '12s', SANDBOX_STRIKE_RETRY: '6s' }

test.group('The main job, as a newcomer does it', () => {
  test('connect, watch the refresh, revoke, see two strikes, reconnect', async (context) => {
    const { assert, browser } = context
    const cleanup = (work: () => Promise<void>) => context.cleanup(work)
    const installation = await Installation.create(cleanup, { environment: FAST })
    await installation.migrate()
    const greeting = await installation.serve()
    const page = await (await browser.newContext()).newPage()
    const violations: string[] = []
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) violations.push(message.text())
    })

    await signInFirst(page, installation.url, greeting)
    await connectFirst(page)
    await page.locator('.account-head').getByText('Healthy').waitFor()
    assert.equal(await attempts(page), 0)
    const firstExpiry = await expiry(page)

    await page.locator('.log tbody tr').first().waitFor({ timeout: 20_000 })
    await page.locator('.outcome[data-outcome="success"]').first().waitFor()
    assert.isAbove(await expiry(page), firstExpiry)

    await page.getByRole('button', { name: 'Refresh now' }).click()
    await page
      .getByRole('status')
      .getByText(/^(Refreshed\. The new token is valid for|Already refreshing)/)
      .first()
      .waitFor()
    await revoke(page, installation.sandboxUrl)
    await page.locator('.account-head').getByText('Retrying').waitFor({ timeout: 30_000 })
    await page.locator('.account-head').getByText('Reconnect needed').waitFor({ timeout: 30_000 })
    await page.getByRole('button', { name: 'Reconnect', exact: true }).click()
    await allow(page)
    await page.locator('.account-head').getByText('Healthy').waitFor()
    const before = await attempts(page)
    await page.locator('.log tbody tr').nth(before).waitFor({ timeout: 20_000 })
    assert.equal(
      await page.locator('.log tbody tr').first().locator('.outcome').getAttribute('data-outcome'),
      'success'
    )
    assert.deepEqual(violations, [])
    assert.equal(await installation.stop(), 0)
  }).timeout(170_000)
})

/** What the newcomer does on the sandbox's own page, in another tab. */
async function revoke(page: Page, sandboxUrl: string): Promise<void> {
  const tab = await page.context().newPage()
  await tab.goto(sandboxUrl)
  await tab
    .getByRole('button', { name: /^Revoke/ })
    .first()
    .click()
  await tab.waitForLoadState()
  await tab.close()
}

function attempts(page: Page): Promise<number> {
  return page.locator('.log tbody tr').count()
}

async function expiry(page: Page): Promise<number> {
  const time = page.locator('.clock', { hasText: 'Token expiry' }).locator('time').first()
  return Date.parse((await time.getAttribute('datetime')) ?? '')
}
