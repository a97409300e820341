/** What people see of messages about failures, and while an answer takes its time (UI.md §4.1, §4.3). */
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import type { Page } from 'playwright'
import { axeFindings } from '#tests/helpers/axe'
import { openPage, openSignedIn, signIn } from '#tests/helpers/browser'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

/** Keeps the answers of addresses back until the returned function is called. */
async function holdBack(page: Page, address: RegExp): Promise<() => void> {
  const { promise: freed, resolve: free } = Promise.withResolvers<void>()
  await page.route(address, async (route) => {
    await freed
    await route.continue().catch(() => {})
  })
  return free
}

/** Milliseconds from a click until something is in the page. */
function untilThere(page: Page, [clicked, awaited]: [string, string]): Promise<number> {
  return page.evaluate(`new Promise((done) => {
    const start = performance.now()
    new MutationObserver(() => {
      if (document.querySelector(${JSON.stringify(awaited)})) done(performance.now() - start)
    }).observe(document.documentElement, { childList: true, subtree: true })
    document.querySelector(${JSON.stringify(clicked)}).click()
  })`)
}

/** A style as it is in force. */
function styleOf(page: Page, selector: string, name: string): Promise<string> {
  return page.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).${name}`)
}

/** Waits until the content of the page is as opaque as this. */
async function becomes(page: Page, opacity: string): Promise<void> {
  while ((await styleOf(page, '#content', 'opacity')) !== opacity) await page.waitForTimeout(50)
}

test.group('Loading and messages in a browser', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear()
  })

  test('a drawer that is slow opens with grey bars after 150 ms, then with the account')
    .with(['reduce', 'no-preference'] as const)
    .run(async ({ browser, assert }, reducedMotion) => {
      const { organization, email } = await aPerson()
      const { id } = await aConnection(organization, { displayName: 'Ana' })
      const { page, complaints, close } = await openSignedIn(browser, email, { reducedMotion })
      await page.goto('/accounts')
      const free = await holdBack(page, new RegExp(`/accounts/${id}$`))
      assert.isAtLeast(await untilThere(page, ['[data-row-open]', 'up-drawer .skeleton']), 150)
      assert.equal(
        await styleOf(page, '.skeleton', 'animationName'),
        reducedMotion === 'reduce' ? 'none' : 'breathe'
      )
      await page.getByRole('dialog', { name: 'Loading…' }).waitFor()
      if (reducedMotion === 'reduce') assert.deepEqual(await axeFindings(page), [])
      free()
      await page.getByRole('dialog', { name: 'Ana' }).locator('.account-tabs').waitFor()
      assert.equal(await page.locator('.skeleton').count(), 0)
      assert.equal(await page.locator('up-drawer').count(), 1)
      await page.waitForURL(`**/accounts/${id}`)
      assert.deepEqual(complaints, [])
      await close()
    })

  test('who closes a drawer that still loads is back at the list', async ({ browser, assert }) => {
    const { organization, email } = await aPerson()
    const { id } = await aConnection(organization, { displayName: 'Ana' })
    const { page, close } = await openSignedIn(browser, email)
    await page.goto('/accounts')
    const free = await holdBack(page, new RegExp(`/accounts/${id}$`))
    await page.locator('[data-row-open]').click()
    await page.locator('up-drawer .skeleton').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('up-drawer').waitFor({ state: 'detached' })
    free()
    assert.equal(new URL(page.url()).pathname, '/accounts')
    await page.locator(`#account-${id}`).waitFor()
    await close()
  })

  test('a tab that is slow shows grey bars below the head of the account, which stays', async ({
    browser,
    assert,
  }) => {
    const { organization, email } = await aPerson()
    const { id } = await aConnection(organization, { displayName: 'Ana' })
    const { page, complaints, close } = await openSignedIn(browser, email)
    for (const [from, to] of [
      ['', 'calls'],
      ['?tab=settings', 'timeline'],
    ]) {
      await page.goto(`/accounts/${id}${from}`)
      const free = await holdBack(page, new RegExp(`tab=${to}$`))
      const wait = untilThere(page, [`.account-tabs [href$="tab=${to}"]`, '.account-tabs + .skeleton'])
      assert.isAtLeast(await wait, 150)
      assert.isTrue(await page.locator('.account-head').isVisible())
      const below = page.locator('.account-tabs ~ :not(.skeleton), #account-live ~ *')
      assert.equal(await below.filter({ visible: true }).count(), 0, 'the tab that is left is gone')
      free()
      await page.locator(`.account-tabs [href$="tab=${to}"][aria-current]`).waitFor()
      assert.equal(await page.locator('.skeleton').count(), 0)
    }
    assert.deepEqual(complaints, [])
    await close()
  })

  test('a list that is filtered stays, dimmed, until the next is there; a poll dims nothing', async ({
    browser,
    assert,
  }) => {
    const { organization, email } = await aPerson()
    await aConnection(organization, { displayName: 'Ana' })
    const { page, close } = await openSignedIn(browser, email)
    await page.goto('/accounts')
    const poll = page.waitForRequest(/shown=/)
    const freePoll = await holdBack(page, /shown=/)
    await poll
    assert.equal(await page.locator('.up-loading').count(), 0)
    assert.equal(await styleOf(page, '#content', 'opacity'), '1')
    freePoll()
    const free = await holdBack(page, /status=reconnect/)
    await page.locator('#tiles a[href*="status=reconnect"]').click()
    await page.locator('.up-loading').waitFor()
    await becomes(page, '0.55')
    assert.isTrue(await page.getByRole('link', { name: 'Ana' }).isVisible())
    free()
    await page.waitForURL('**/accounts?status=reconnect')
    await becomes(page, '1')
    await close()
  })

  test('bad news stay until somebody dismisses them, and lead to their event', async ({
    browser,
    assert,
  }) => {
    const { organization, email } = await aPerson()
    const { id } = await aConnection(organization, { displayName: 'Ana' })
    const { page, complaints, close } = await openPage(browser)
    await page.clock.install()
    await signIn(page, email)
    await page.goto(`/accounts/${id}`)
    await page.getByRole('button', { name: 'Refresh now' }).click()
    const notice = page.locator('#flash .notice')
    await notice.getByText('Request id').waitFor()
    await page.clock.runFor(60_000)
    assert.isTrue(await notice.isVisible())
    assert.deepEqual(await axeFindings(page), [])
    await page.setViewportSize({ width: 390, height: 800 })
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
    assert.isAtMost(Number(overflow), 0, 'the id is wrapped on a phone')
    await notice.getByRole('link', { name: 'View event' }).click()
    await page.waitForURL(/\/(activity\/|audit\?entry=)/)
    await page.goto(`/accounts/${id}`)
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await notice.getByRole('button', { name: 'Dismiss' }).click()
    await notice.waitFor({ state: 'hidden' })
    assert.deepEqual(complaints, [])
    await close()
  })

  test('without JavaScript they lead there as well', async ({ browser, assert }) => {
    const { organization, email } = await aPerson()
    const { id } = await aConnection(organization, { displayName: 'Ana' })
    const { page, close } = await openSignedIn(browser, email, { javaScriptEnabled: false })
    await page.goto(`/accounts/${id}`)
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await page.getByRole('link', { name: 'View event' }).click()
    assert.match(page.url(), /\/(activity\/|audit\?entry=)/)
    await close()
  })
})
