import app from '@adonisjs/core/services/app'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { axeFindings } from '#tests/helpers/axe'
import { openPage, signIn } from '#tests/helpers/browser'
import { emptyTables } from '#tests/helpers/database'
import { aPerson } from '#tests/helpers/people'

test.group('Provider form in a browser', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear()
  })

  for (const javaScriptEnabled of [true, false]) {
    test(`adds a provider ${javaScriptEnabled ? 'with' : 'without'} JavaScript, after a mistake, on a small screen`, async ({
      browser,
      assert,
    }) => {
      const { email, organization } = await aPerson('operator')
      const viewport = { width: 390, height: 844 }
      const { page, complaints, close } = await openPage(browser, { javaScriptEnabled, viewport })
      await signIn(page, email)
      await page.goto('/providers')
      await page.getByRole('link', { name: 'Add a provider' }).click()
      await page.getByLabel('Name (required)').fill('Acme')
      await page.getByLabel('Key (required)').fill('acme')
      await page.getByLabel('Client ID').fill('ours')
      await page.getByLabel('Client secret').fill('the-client-secret')
      await page.getByLabel('Token endpoint').fill('https://acme.example/token')
      await page.getByText('Refreshing', { exact: true }).click()
      await page.getByLabel('Refresh ahead of expiry').fill('soon')
      await page.getByRole('button', { name: 'Add provider' }).click()

      const margin = page.getByLabel('Refresh ahead of expiry')
      await page.getByText('Nothing was saved.').waitFor()
      assert.equal(await margin.inputValue(), 'soon')
      assert.equal(await margin.getAttribute('aria-invalid'), 'true')
      assert.equal(await page.getByLabel('Client secret').inputValue(), '')
      if (javaScriptEnabled) assert.deepEqual(await axeFindings(page), [])
      await margin.fill('10m')
      await page.getByLabel('Client secret').fill('the-client-secret')
      await page.getByRole('button', { name: 'Add provider' }).click()

      await page.getByText('Acme is added.').waitFor()
      await page.getByRole('heading', { name: 'Acme' }).waitFor()
      const { catalogue } = await app.container.make('engine')
      const provider = catalogue.find(organization.id, 'acme')
      assert.equal(provider?.refresh.margin, 600_000)
      assert.equal(provider?.client?.client_secret?.reveal(), 'the-client-secret')
      const overhang = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
      if (javaScriptEnabled) assert.equal(await page.evaluate(overhang), 0)
      assert.deepEqual(complaints, [])
      await close()
    })
  }
})
