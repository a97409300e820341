/** The list of accounts in a browser. */
import { test } from '@japa/runner'
import limiter from '@adonisjs/limiter/services/main'
import { DateTime } from 'luxon'
import type { Locator } from 'playwright'
import Connection from '#models/connection'
import { axeFindings } from '#tests/helpers/axe'
import { openPage } from '#tests/helpers/browser'
import { emptyTables } from '#tests/helpers/database'
import { aFew, box, openList, rowNames } from '#tests/helpers/list_of_accounts'

test.group('The list of accounts in a browser', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear()
  })

  test('a range is chosen with Shift, and paused as a run', async ({ browser, assert }) => {
    const { email } = await aFew({ refreshToken: null })
    const { page, complaints, close } = await openPage(browser)
    await openList(page, email)
    assert.isFalse(await page.locator('#bulk').isVisible())
    await box(page, 'Dee').click()
    await box(page, 'Bea').click({ modifiers: ['Shift'] })
    await page.getByText('3 selected').waitFor()
    await page.locator('#bulk').getByRole('button', { name: 'Pause' }).click()
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/)
    await page.getByText('Finished').first().waitFor()
    assert.lengthOf(await Connection.query().whereNotNull('paused_at'), 3)
    assert.deepEqual(complaints, [])
    await close()
  })

  test('a row opens as a drawer with an address of its own, and the way back closes it', async ({
    browser,
    assert,
  }) => {
    const { email, accounts } = await aFew()
    const { page, complaints, close } = await openPage(browser)
    await openList(page, email, '/accounts?sort=name')
    await page.locator(`#account-${accounts.Bea.id} .cell-status`).click()
    await page.locator('up-drawer').getByText('Bea').first().waitFor()
    assert.include(page.url(), `/accounts/${accounts.Bea.id}`)
    assert.deepEqual(await axeFindings(page), [])
    await page.goBack()
    await page.locator('up-drawer').waitFor({ state: 'detached' })
    assert.include(page.url(), '/accounts?sort=name')
    assert.deepEqual(complaints, [])
    await close()
  })

  test('the keyboard alone takes a suggestion and searches', async ({ browser, assert }) => {
    const { email, accounts } = await aFew()
    await accounts.Dee.merge({ pausedAt: DateTime.utc() }).save()
    const { page, complaints, close } = await openPage(browser)
    await openList(page, email)
    await page.keyboard.press('/')
    await page.keyboard.type('stat')
    await page.getByRole('option', { name: /status:/ }).waitFor()
    assert.deepEqual(await axeFindings(page), [])
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('option', { name: 'status:paused' }).waitFor()
    await page.keyboard.type('pa')
    await page.getByRole('option', { name: 'status:reconnect' }).waitFor({ state: 'detached' })
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.waitForURL(/q=status%3Apaused/)
    await page.getByRole('link', { name: 'Ana' }).waitFor({ state: 'detached' })
    assert.deepEqual(await rowNames(page), ['Dee'])
    assert.equal(await page.getByRole('option', { name: 'status:' }).count(), 0)
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    assert.isTrue(await box(page, 'Dee').isChecked(), 'the keys are meant for the rows again')
    assert.deepEqual(complaints, [])
    await close()
  })

  test('Escape closes the suggestions, then leaves the search that holds', async ({ browser, assert }) => {
    const { email } = await aFew()
    const { page, close } = await openPage(browser)
    await openList(page, email, '/accounts?q=Dee')
    await page.keyboard.press('/')
    await page.keyboard.press('End')
    await page.keyboard.type(' stat')
    await page.getByRole('option', { name: /status:/ }).waitFor()
    await page.keyboard.press('Escape')
    const field = page.locator('[data-search]')
    assert.equal(await page.locator('#suggestions').count(), 0)
    assert.equal(await field.inputValue(), 'Dee stat')
    await page.keyboard.press('Escape')
    assert.equal(await field.inputValue(), 'Dee')
    assert.equal(await page.locator('[data-search]:focus').count(), 0)
    await close()
  })

  test('on a telephone the bar never hides the card that was chosen, and chooses all of the page', async ({
    browser,
    assert,
  }) => {
    const { email } = await aFew()
    const viewport = { width: 390, height: 844 }
    const { page, complaints, close } = await openPage(browser, { viewport })
    await openList(page, email)
    const bar = page.locator('#bulk')
    const cards = page.locator('[data-row]')
    const lowest = await cards.evaluateAll(
      (all, height) => all.findLastIndex((one) => one.getBoundingClientRect().bottom < height),
      viewport.height
    )
    await cards.nth(lowest).getByRole('checkbox').check()
    await page.getByText('1 selected').waitFor()
    const edge = async (of: Locator) => (await of.boundingBox()) ?? assert.fail('is not there')
    const card = await edge(cards.nth(lowest))
    assert.isAtMost(card.y + card.height, (await edge(bar)).y)
    await bar.getByRole('checkbox', { name: 'Select all accounts on this page' }).check()
    await page.getByText('5 selected').waitFor()
    assert.deepEqual(complaints, [])
    await close()
  })

  test('without JavaScript: sort, columns, choose, tag, save a view', async ({ browser, assert }) => {
    const { email } = await aFew()
    const { page, close } = await openPage(browser, { javaScriptEnabled: false })
    await openList(page, email)
    await page.getByRole('link', { name: 'Account', exact: true }).click()
    assert.deepEqual(await rowNames(page), ['Ana', 'Bea', 'Cem', 'Dee', 'Eva'])
    await page.getByRole('button', { name: 'View', exact: true }).click()
    await page.getByRole('checkbox', { name: 'Next refresh' }).uncheck()
    await page.getByRole('button', { name: 'Apply' }).click()
    assert.equal(await page.getByRole('columnheader', { name: 'Next refresh' }).count(), 0)
    await box(page, 'Ana').check()
    await page.getByRole('button', { name: 'Tag…' }).click()
    await page.getByLabel('Tag', { exact: true }).fill('vip')
    await page.getByRole('button', { name: 'Add the tag' }).click()
    await page.waitForURL(/\/runs\//)
    await page.goto('/accounts?q=tag:vip')
    assert.deepEqual(await rowNames(page), ['Ana'])
    await page.getByText('Save this view').click()
    await page.getByLabel('Name of the view').fill('Very important')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('link', { name: 'Very important' }).waitFor()
    await close()
  })

  test('axe finds nothing, in {$self}')
    // acceptance.spec.ts looks at the list itself, in all themes and languages.
    .with(['fr dark'] as const)
    .run(async ({ browser, assert }, [...look]) => {
      const [locale, colorScheme] = look.join('').split(' ') as [string, 'light' | 'dark']
      const { email } = await aFew({ tags: ['vip', 'eu', 'new'] })
      const { page, complaints, close } = await openPage(browser, { colorScheme })
      await openList(page, email)
      await page.context().addCookies([{ name: 'language', value: locale, url: page.url() }])
      await page.goto('/accounts?sort=-status')
      assert.equal(await page.locator('html').getAttribute('lang'), locale)
      await page.locator('[data-row-select]').first().click()
      await page.locator('.row-menu-button').first().click()
      assert.deepEqual(await axeFindings(page), [], 'bar and menu')
      await page.setViewportSize({ width: 390, height: 844 })
      assert.deepEqual(await axeFindings(page), [], 'narrow')
      assert.deepEqual(complaints, [])
      await close()
    })
})
