import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { RefreshAttemptFactory } from '#database/factories/refresh_attempt_factory'
import { axeFindings } from '#tests/helpers/axe'
import { openPage, openSignedIn, signIn } from '#tests/helpers/browser'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

/** An organization with trouble of each kind, in which every card of the overview has something to show. */
async function someTrouble() {
  const { organization, email } = await aPerson()
  const now = DateTime.utc()
  const dead = { status: 'needs_reauth', statusReason: 'rejected', isActive: false, nextRefreshAt: null }
  const ana = await aConnection(organization, { displayName: 'Ana', grantExpiresAt: now.plus({ days: 3 }) })
  for (const displayName of ['Bea', 'Cem', 'Dee']) await aConnection(organization, { displayName, ...dead })
  await aConnection(organization, { displayName: 'Eva', tokenRefreshFailedAt: now, statusReason: 'rejected' })
  const attempt = { organizationId: organization.id, connectionId: ana.id }
  await RefreshAttemptFactory.merge(attempt).createMany(3)
  await RefreshAttemptFactory.merge(attempt).apply('rejected').create()
  return { organization, email }
}

test.group('The shell and the overview in a browser', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear()
  })

  test('nothing hangs over the edge of the overview in any language, and axe finds nothing in {$self}')
    // acceptance.spec.ts looks at the other themes and languages.
    .with(['dark'] as const)
    .run(async ({ browser, assert }, colorScheme) => {
      const { email } = await someTrouble()
      const { page, complaints, close } = await openSignedIn(browser, email, { colorScheme })
      for (const language of ['日本語', 'English', 'Français']) {
        await page.locator('.language-button').click()
        await page.getByRole('button', { name: language }).click()
        await page.locator('#overview').waitFor()
        for (const width of [390, 768, 1440]) {
          await page.setViewportSize({ width, height: 800 })
          const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
          assert.isAtMost(Number(overflow), 0, `${language} at ${width}`)
        }
      }
      await page.locator('.chart-table summary').first().click()
      assert.deepEqual(await axeFindings(page), [])
      assert.deepEqual(complaints, [])
      await close()
    })

  test('without JavaScript people choose a language, a narrow rail and a period', async ({
    browser,
    assert,
  }) => {
    const { email } = await someTrouble()
    const { page, close } = await openSignedIn(browser, email, { javaScriptEnabled: false })
    await page.getByRole('link', { name: 'Past 7 days' }).click()
    await page.waitForURL('**/?period=7d')
    await page.getByRole('button', { name: 'Narrow navigation' }).click()
    assert.equal(await page.locator('html').getAttribute('data-rail'), 'narrow')
    await page.getByRole('button', { name: 'Language' }).click()
    await page.getByRole('button', { name: 'Français' }).click()
    await page.waitForURL('**/?period=7d')
    assert.equal(await page.locator('h1').innerText(), 'Vue d’ensemble')
    await close()
  })

  test('the rail stays as it was chosen, before the first paint', async ({ browser, assert }) => {
    const { email } = await someTrouble()
    const { page, complaints, close } = await openSignedIn(browser, email)
    await page.getByRole('button', { name: 'Narrow navigation' }).click()
    const width = () =>
      page.locator('#rail').evaluate((rail) => (rail as { offsetWidth?: number }).offsetWidth)
    assert.equal(await width(), 56)
    const answer = await page.reload()
    assert.match((await answer?.text()) ?? '', /<html[^>]*data-rail="narrow"/)
    await page.getByRole('button', { name: 'Wide navigation' }).click()
    assert.equal(await width(), 208)
    await page.getByRole('link', { name: 'Past 7 days' }).click()
    await page.waitForURL('**/?period=7d')
    assert.equal(await page.locator('.rail-list a[href="/"]').getAttribute('aria-current'), 'page')
    assert.deepEqual(complaints, [])
    await close()
  })

  test('keys lead to pages, and rest once they are switched off', async ({ browser, assert }) => {
    const { email } = await someTrouble()
    const { page, close } = await openSignedIn(browser, email)
    await page.keyboard.press('g')
    await page.keyboard.press('a')
    await page.waitForURL('**/accounts')
    await page.keyboard.press('g')
    await page.keyboard.press('o')
    await page.waitForURL((address) => address.pathname === '/')
    await page.keyboard.press('?')
    await page.getByRole('button', { name: 'Switch shortcuts off' }).click()
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    assert.isFalse(await page.getByRole('dialog').isVisible())
    await page.reload()
    await page.keyboard.press('t')
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'system')
    await close()
  })

  test('j and k walk through the rows of a list, and Enter opens one', async ({ browser, assert }) => {
    const { email } = await someTrouble()
    const { page, close } = await openSignedIn(browser, email)
    await page.goto('/accounts')
    const names = await page.locator('[data-row] [data-row-open]').allInnerTexts()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    await page.keyboard.press('j')
    assert.equal(await page.locator('[data-row-open]:focus').innerText(), names[1])
    await page.keyboard.press('x')
    await page.keyboard.press('j')
    await page.keyboard.press('Shift+X')
    assert.equal(await page.locator('[data-row-select]:checked').count(), 2)
    await close()
  })

  test('p pauses and resumes the account that is open, as a page or in a drawer', async ({
    browser,
    assert,
  }) => {
    const { email } = await someTrouble()
    const { page, close } = await openSignedIn(browser, email)
    await page.goto('/accounts?q=Ana')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    const drawer = page.locator('up-drawer')
    await drawer.locator('.account-head').waitFor()
    await page.keyboard.press('p')
    await drawer.locator('form[action$="/resume"]').waitFor()
    await page.goto(page.url())
    await page.locator('form[action$="/resume"]').waitFor()
    await page.keyboard.press('p')
    await page.locator('form[action$="/pause"]').waitFor()
    assert.match(page.url(), /\/accounts\/[0-9a-f-]{36}/)
    await close()
  })

  test('a server that is gone shows within five seconds, and its return by itself', async ({
    browser,
    assert,
  }) => {
    const { email } = await someTrouble()
    const { page, close } = await openSignedIn(browser, email)
    await page.locator('#live', { hasText: 'Live' }).waitFor()
    await page.context().setOffline(true)
    await page.locator('#live', { hasText: /Offline since \d\d:\d\d UTC/ }).waitFor({ timeout: 5_000 })
    await page.context().setOffline(false)
    await page.locator('#live', { hasText: 'Live' }).waitFor({ timeout: 8_000 })
    assert.equal(await page.locator('#live').getAttribute('data-state'), 'live')
    await close()
  })

  test('while a proxy answers for a server that restarts, the page stays as it was, and goes on by itself', async ({
    browser,
    assert,
  }) => {
    const { email } = await someTrouble()
    const { page, close } = await openSignedIn(browser, email)
    await page.goto('/accounts')
    await page.locator('#live', { hasText: 'Live' }).waitFor()
    const search = page.locator('#page input[name="q"]').first()
    await search.fill('half written')
    await page.route('**/*', (route) => route.fulfill({ status: 502, body: '<h1>Bad Gateway</h1>' }))
    await page.locator('#live', { hasText: /Offline since/ }).waitFor({ timeout: 8_000 })
    await page.getByText(/^Stale since/).waitFor()
    assert.equal(await search.inputValue(), 'half written')
    await page.unroute('**/*')
    await page.locator('#live', { hasText: 'Live' }).waitFor({ timeout: 8_000 })
    await page.getByText(/^Stale since/).waitFor({ state: 'hidden' })
    assert.equal(await search.inputValue(), 'half written')
    await close()
  })

  test('good news pass after eight seconds, but not while somebody is at them', async ({
    browser,
    assert,
  }) => {
    const { email } = await someTrouble()
    const { page, close } = await openPage(browser)
    await page.clock.install()
    await signIn(page, email)
    await page.goto('/accounts?q=Ana')
    await page.keyboard.press('j')
    await page.keyboard.press('p')
    const notice = page.locator('#flash .notice')
    await notice.waitFor()
    await notice.hover()
    await page.clock.runFor(10_000)
    assert.isTrue(await notice.isVisible())
    await page.locator('h1').hover()
    await page.clock.runFor(9_000)
    await notice.waitFor({ state: 'hidden' })
    await close()
  })

  test('a table that somebody opened stays open while the page lives on', async ({ browser, assert }) => {
    const { organization, email } = await someTrouble()
    const { page, close } = await openSignedIn(browser, email)
    await page.locator('#tokens-table summary').click()
    await aConnection(organization)
    await page.locator('#overview-tiles', { hasText: 'of 6 accounts' }).waitFor({ timeout: 20_000 })
    assert.isTrue(await page.locator('#tokens-table table').isVisible())
    await close()
  })
})
