/** The list of accounts in a browser, while it changes and while nobody answers. */
import { test } from '@japa/runner'
import limiter from '@adonisjs/limiter/services/main'
import Connection from '#models/connection'
import { openPage } from '#tests/helpers/browser'
import { emptyTables } from '#tests/helpers/database'
import { aFew, box, openList, rowNames } from '#tests/helpers/list_of_accounts'
import { aConnection } from '#tests/helpers/people'

test.group('The list of accounts as it changes', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear()
  })

  test('a poll patches rows in place and moves nothing; what was chosen stays chosen', async ({
    browser,
    assert,
  }) => {
    const { email, organization, accounts } = await aFew()
    const { page, complaints, close } = await openPage(browser)
    await openList(page, email)
    await box(page, 'Cem').click()
    await box(page, 'Ana').click()
    await Connection.query().where('id', accounts.Cem.id).update({ display_name: 'Cemile' })
    await accounts.Bea.delete()
    await aConnection(organization, { displayName: 'Fay' })
    await page.getByText('1 change · show').waitFor({ timeout: 8_000 })
    assert.deepEqual(await rowNames(page), ['Eva', 'Dee', 'Cemile', 'Ana'])
    assert.isTrue(await box(page, 'Cemile').isChecked())
    assert.isTrue(await box(page, 'Ana').isChecked())
    await page.getByText('2 selected').waitFor()
    await page.getByText('1 change · show').click()
    await page.getByRole('link', { name: 'Fay' }).waitFor()
    assert.deepEqual(await rowNames(page), ['Fay', 'Eva', 'Dee', 'Cemile', 'Ana'])
    assert.deepEqual(complaints, [])
    await close()
  })

  test('a poll that is on its way takes the keys from no row', async ({ browser, assert }) => {
    const { email, accounts } = await aFew()
    const { page, complaints, close } = await openPage(browser)
    await openList(page, email)
    const asked = page.waitForRequest((request) => request.headers()['x-up-target'] === '#accounts')
    let goOn = () => {}
    await page.route('**/accounts', async (route) => {
      await new Promise<void>((resolve) => (goOn = resolve))
      await route.continue()
    })
    await accounts.Ana.merge({ displayName: 'Anastasia' }).save()
    await asked
    await page.keyboard.press('j')
    goOn()
    await page.getByText('Anastasia').waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    assert.isTrue(await box(page, 'Dee').isChecked())
    assert.deepEqual(complaints, [])
    await close()
  })

  test('while the server does not answer, the table stays and says since when', async ({
    browser,
    assert,
  }) => {
    const { email } = await aFew()
    const { page, close } = await openPage(browser)
    await openList(page, email)
    await page.context().setOffline(true)
    await page.getByText(/^Stale since \d\d:\d\d UTC$/).waitFor({ timeout: 8_000 })
    assert.lengthOf(await rowNames(page), 5)
    await page.context().setOffline(false)
    await page.getByText(/^Stale since/).waitFor({ state: 'hidden', timeout: 8_000 })
    await close()
  })
})
