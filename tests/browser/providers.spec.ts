/** Providers in a browser: what is seen and heard of them, and the ways through their pages. */
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import ClientGate from '#models/client_gate'
import type Organization from '#models/organization'
import { appUrl } from '#config/app'
import { axeFindings } from '#tests/helpers/axe'
import { openPage, signIn } from '#tests/helpers/browser'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

const PAGES = ['/providers', '/providers/twitch', '/providers/spotify', '/providers/new'] as const

/** Accounts in each condition, and a provider that refuses our client. */
async function trouble(organization: Organization) {
  await aConnection(organization)
  await aConnection(organization, { status: 'needs_reauth', statusReason: 'rejected', isActive: false })
  await aConnection(organization, { pausedAt: DateTime.utc(), provider: 'spotify' })
  const state = { flow: 'paused', reason: 'configuration', errorCode: 'invalid_client', failures: 3 } as const
  const until = DateTime.utc().plus({ minutes: 4 })
  await ClientGate.create({ id: 'twitch', ...state, until, updatedAt: DateTime.utc() })
}

test.group('Provider pages in a browser', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear()
  })

  test('axe finds nothing in {colorScheme}, and nothing is wider than a phone, in {language}')
    // acceptance.spec.ts looks at providers without trouble, in the other themes and languages.
    .with([{ colorScheme: 'dark', language: 'fr' }] as const)
    .run(async ({ browser, assert }, { colorScheme, language }) => {
      const { email, organization } = await aPerson('operator')
      await trouble(organization)
      const viewport = { width: 390, height: 844 }
      const { page, complaints, close } = await openPage(browser, { colorScheme, viewport })
      await signIn(page, email)
      await page.context().addCookies([{ name: 'language', value: language, url: appUrl }])
      for (const path of PAGES) {
        await page.goto(path)
        assert.equal(await page.locator('html').getAttribute('lang'), language)
        assert.deepEqual(await axeFindings(page), [], path)
        const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
        assert.isAtMost(Number(overflow), 0, path)
      }
      assert.deepEqual(complaints, [])
      await close()
    })

  for (const javaScriptEnabled of [true, false]) {
    test(`${javaScriptEnabled ? 'with' : 'without'} JavaScript an operator finds the cause and closes the circuit`, async ({
      browser,
      assert,
    }) => {
      const { email, organization } = await aPerson('operator')
      await trouble(organization)
      const { page, close } = await openPage(browser, { javaScriptEnabled })
      await signIn(page, email)
      await page.goto('/providers')
      await page.getByRole('link', { name: 'Details of Twitch' }).click()
      await page.getByText('the provider refuses our client or the way we ask.').waitFor()
      await page.getByText('invalid_client').waitFor()
      await page.getByRole('button', { name: 'Close the circuit now' }).click()
      await page.getByText('Requests to Twitch flow again.').waitFor()
      await page.getByText('The circuit is closed: requests flow.').waitFor()
      assert.equal((await ClientGate.findOrFail('twitch')).flow, 'open')
      await close()
    })
  }

  test('a pause that begins elsewhere shows by itself', async ({ browser }) => {
    const { email, organization } = await aPerson('viewer')
    const { page, close } = await openPage(browser)
    await signIn(page, email)
    await page.goto('/providers/twitch')
    await page.getByText('The circuit is closed: requests flow.').waitFor()
    await trouble(organization)
    await page.getByText('1 account waits').waitFor({ timeout: 8_000 })
    await close()
  })

  test('a condition on a card leads to its accounts', async ({ browser }) => {
    const { email, organization } = await aPerson('viewer')
    await trouble(organization)
    const { page, close } = await openPage(browser)
    await signIn(page, email)
    await page.goto('/providers')
    await page.getByRole('link', { name: 'Reconnect needed: 1' }).click()
    await page.waitForURL('**/accounts?provider=twitch&status=reconnect')
    await close()
  })
})
