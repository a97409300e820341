import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import type { Browser, Page } from 'playwright'
import { RefreshAttemptFactory } from '#database/factories/refresh_attempt_factory'
import { openPage, signIn } from '#tests/helpers/browser'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

/** The activity of an organization that refreshed once at each of these, in minutes before the hour that is running. */
async function opened(browser: Browser, ...minutes: number[]) {
  const { organization, email } = await aPerson()
  const { id: connectionId } = await aConnection(organization)
  const hour = DateTime.utc().startOf('hour')
  for (const before of minutes) {
    const createdAt = hour.minus({ minutes: before })
    await RefreshAttemptFactory.merge({ organizationId: organization.id, connectionId, createdAt }).create()
  }
  const { page, complaints, close } = await openPage(browser)
  await signIn(page, email)
  await page.goto('/activity')
  return { page, complaints, close, hour }
}

const minute = (at: DateTime) => `${at.toISO({ precision: 'minutes', includeOffset: false })}Z`

/** Presses on the bar of a moment and goes to that of another; the button stays down. */
async function dragAcross(page: Page, from: DateTime, to: DateTime) {
  const chart = page.locator('[data-brush]')
  const { x, y, width, height } = (await chart.boundingBox())!
  const [begin, step, count] = (await chart.getAttribute('data-brush'))!.split(' ').map(Number)
  const placeOf = (at: DateTime) => x + ((at.toMillis() - begin) / step / count) * width
  await page.mouse.move(placeOf(from), y + height - 4)
  await page.mouse.down()
  await page.mouse.move((placeOf(from) + placeOf(to)) / 2, y + height - 4)
  await page.mouse.move(placeOf(to), y + height - 4)
}

test.group('Activity in a browser', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear()
  })

  test('a drag across bars opens their span as the link of a bar would, and its chip takes it away', async ({
    browser,
    assert,
  }) => {
    const { page, complaints, close, hour } = await opened(browser, 30, 90, 150, 330)
    const rows = page.locator('#activity tr[data-row]')
    assert.equal(await rows.count(), 4)
    await dragAcross(page, hour.minus({ minutes: 30 }), hour.minus({ minutes: 150 }))
    assert.notEqual(await page.locator('[data-brush-band]').getAttribute('width'), '0')
    const [from, to] = [hour.minus({ hours: 3 }), hour]
    assert.equal(
      await page.locator('[data-brush-note]').innerText(),
      `${from.toFormat('MM-dd HH:mm')} – ${to.toFormat('MM-dd HH:mm')}`
    )
    await page.mouse.up()
    await page.waitForURL((url) => url.searchParams.has('from'))
    const { searchParams } = new URL(page.url())
    assert.deepEqual(Object.fromEntries(searchParams), { from: minute(from), to: minute(to) })
    await rows.nth(3).waitFor({ state: 'detached' })
    assert.equal(await rows.count(), 3)
    await page.locator('.toolbar a.chip').click()
    await page.waitForURL('**/activity')
    assert.deepEqual(complaints, [])
    await close()
  })

  test('a drag that is called off, or that ends where it began, goes nowhere but to its bar', async ({
    browser,
    assert,
  }) => {
    const { page, complaints, close, hour } = await opened(browser, 30, 90)
    const [one, two] = [30, 90].map((minutes) => hour.minus({ minutes }))
    await dragAcross(page, one, two)
    await page.keyboard.press('Escape')
    assert.equal(await page.locator('[data-brush-band]').getAttribute('width'), '0')
    assert.match(await page.locator('[data-brush-note]').innerText(), /drag across/)
    await dragAcross(page, two, one)
    await page.keyboard.press('Escape')
    await page.mouse.up()
    assert.match(page.url(), /\/activity$/)
    await dragAcross(page, two, two.plus({ minutes: 1 }))
    await page.mouse.up()
    await page.waitForURL((url) => url.searchParams.get('from') === minute(hour.minus({ hours: 2 })))
    assert.deepEqual(complaints, [])
    await close()
  })

  test('older entries come below the ones that are there, and the address then leads to all of them', async ({
    browser,
    assert,
  }) => {
    const { organization, email } = await aPerson()
    const { id: connectionId } = await aConnection(organization)
    const anEntry = (seconds: number) =>
      RefreshAttemptFactory.merge({
        ...{ organizationId: organization.id, connectionId },
        createdAt: DateTime.utc().minus({ seconds }),
      }).create()
    for (let second = 120; second > 0; second--) await anEntry(second)
    const { page, complaints, close } = await openPage(browser)
    await signIn(page, email)
    await page.goto('/activity')
    const rows = page.locator('#activity tr[data-row]')
    const older = page.getByRole('link', { name: 'Older' })
    const idsOf = () => rows.evaluateAll((all) => all.map(({ id }) => id))
    const first = await idsOf()
    // A poll begins and ends while somebody waits for the older ones: it neither stops them nor takes them away.
    await page.route(/[?&]after=/, async (route) => {
      await page.waitForResponse(/[?&]look=/)
      await route.continue()
    })
    await older.focus()
    await page.keyboard.press('Enter')
    await rows.nth(99).waitFor()
    await page.unroute(/[?&]after=/)
    assert.deepEqual((await idsOf()).slice(0, 50), first)
    assert.isTrue(await older.evaluate((link) => link === link.ownerDocument.activeElement))
    await page.keyboard.press('Enter')
    await rows.nth(119).waitFor()
    const all = await idsOf()
    assert.lengthOf(new Set(all), 120)
    await page.getByText('120 shown, newest first').waitFor()
    assert.equal(await older.count(), 0)

    const news = await anEntry(0)
    await page.getByRole('link', { name: '1 new · show' }).waitFor({ timeout: 10_000 })
    assert.deepEqual(await idsOf(), all)
    assert.equal(new URL(page.url()).searchParams.get('rows'), '150')
    await page.reload()
    assert.deepEqual(await idsOf(), all)
    await page.getByRole('link', { name: '1 new · show' }).click()
    await page.locator(`#attempt-${news.id}`).waitFor()
    assert.equal(await rows.count(), 50)
    assert.deepEqual(complaints, [])
    await close()
  })
})
