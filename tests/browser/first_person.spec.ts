import app from '@adonisjs/core/services/app'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { axeFindings } from '#tests/helpers/axe'
import { openPage } from '#tests/helpers/browser'
import { emptyTables } from '#tests/helpers/database'
import { FIRST } from '#tests/helpers/newcomer'

const WIDTHS = [390, 1440]

test.group('The first set-up in a browser', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear()
  })

  async function announced(): Promise<string> {
    const { firstPerson } = await app.container.make('people')
    return (await firstPerson.announce())!.reveal()
  }

  test('leads from the printed address to the first provider, {$self} JavaScript')
    .with(['with', 'without'] as const)
    .run(async ({ assert, browser }, how) => {
      const token = await announced()
      const { page, close } = await openPage(browser, { javaScriptEnabled: how === 'with' })
      const referers: string[] = []
      page.on('request', async (request) => {
        referers.push((await request.headerValue('referer')) ?? '')
      })
      await page.goto(`/setup?token=${token}`)
      assert.equal(new URL(page.url()).search, '', 'the address loses its secret')
      await page.getByLabel('Name').fill(FIRST.name)
      await page.getByLabel('E-mail address').fill(FIRST.email)
      await page.getByLabel('Password').fill('too short')
      await page.getByRole('button', { name: 'Make the account and sign in' }).click()
      const problem = page.getByText('A password needs at least 12 characters.')
      await problem.waitFor()
      assert.equal(await page.getByLabel('Password').getAttribute('aria-invalid'), 'true')
      assert.equal(await page.getByLabel('E-mail address').inputValue(), FIRST.email)
      assert.equal(await page.getByLabel('Password').inputValue(), '')

      await page.getByLabel('Password').fill(FIRST.password)
      await page.getByRole('button', { name: 'Make the account and sign in' }).click()
      await page.waitForURL('**/accounts/connect')
      await page.getByText('Welcome. You are signed in').waitFor()
      await page.goto('/settings/people')
      await page.locator('main').getByText(FIRST.email).first().waitFor()
      assert.isAbove(referers.length, 3)
      assert.isFalse(referers.some((one) => one.includes(token)))
      await close()
    })

  test('its pages are accessible and fit, in both themes', async ({ assert, browser }) => {
    const token = await announced()
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, complaints, close } = await openPage(browser, { colorScheme })
      for (const path of ['/setup', `/setup?token=${token}`]) {
        await page.goto(path)
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 })
          const beyond = 'document.documentElement.scrollWidth - innerWidth'
          assert.isAtMost(await page.evaluate<number>(beyond), 0)
        }
        assert.deepEqual(await axeFindings(page), [], `${path.split('?')[0]} ${colorScheme}`)
      }
      assert.deepEqual(complaints, [])
      await close()
    }
  })
})
