import app from '@adonisjs/core/services/app'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { callApi } from '#tests/helpers/api_caller'
import { axeFindings } from '#tests/helpers/axe'
import { openPage, signIn } from '#tests/helpers/browser'
import { emptyTables } from '#tests/helpers/database'
import { aDelivery } from '#tests/helpers/notification_rows'
import { aPerson } from '#tests/helpers/people'

const DAY = 86_400_000

/** An organization with keys of each state, and a webhook with a message that was given up. */
async function programs() {
  const { organization, email } = await aPerson('operator')
  const keys = await app.container.make('apiKeys')
  const make = (name: string, abilities: readonly ('connections:read' | 'runs:read' | '*')[]) =>
    keys.create({ organizationId: organization.id, name, abilities, lifetime: 30 * DAY, createdBy: email })
  const { key } = await make('Nightly job', ['connections:read', 'runs:read'])
  await make('A program with a name that goes on for as long as a name can possibly go on', ['*'])
  const rotated = await make('Rotated one', ['runs:read'])
  await keys.rotate(organization.id, rotated.apiKey.id, { overlap: DAY, createdBy: 'command' })
  const revoked = await make('Old one', ['runs:read'])
  await keys.revoke(organization.id, revoked.apiKey.id)
  const { channels } = await app.container.make('notifications')
  const target = 'https://hooks.example.com/in'
  const hook = await channels.create(organization.id, { kind: 'webhook', name: 'Our hook', target })
  if (!hook.ok) throw new Error(hook.problems[0].message)
  await aDelivery(organization, { channel_id: hook.id, state: 'dead', attempts: 2, last_status: 500 })
  return { email, key: key.reveal() }
}

const statusWith = async (key: string) =>
  (await callApi('/connections', { headers: { authorization: `Bearer ${key}` } })).status

test.group('Programs in a browser', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear()
  })

  test('a key is rotated: the new one is shown once, and both work until the old one ends', async ({
    browser,
    assert,
  }) => {
    const { email, key } = await programs()
    const { page, complaints, close } = await openPage(browser)
    await signIn(page, email)
    await page
      .getByRole('link', { name: 'API and webhooks' })
      .or(page.locator('a[href="/api"]'))
      .first()
      .click()
    await page.getByRole('link', { name: 'Rotate Nightly job' }).click()
    await page.getByLabel('for one hour more').check()
    await page.getByRole('button', { name: 'Rotate the key' }).click()
    await page.getByText('It is shown this once.').waitFor()
    const shown = (await page.getByText(/^evg_/).textContent()) ?? ''
    assert.deepEqual(await Promise.all([shown, key].map(statusWith)), [200, 200])
    assert.deepEqual(await axeFindings(page), [])
    await page.getByRole('link', { name: 'I have copied it' }).click()
    await page.locator('tr', { hasText: 'Replaced' }).getByText('Nightly job').waitFor()
    assert.notInclude(await page.content(), shown.split('.')[1])
    await page.goBack()
    assert.notInclude(await page.content(), shown.split('.')[1])
    assert.deepEqual(complaints, [])
    await close()
  })

  test('without JavaScript a key is made, with the form kept where something is missing, and revoked', async ({
    browser,
    assert,
  }) => {
    const { email } = await programs()
    const { page, close } = await openPage(browser, { javaScriptEnabled: false })
    await signIn(page, email)
    await page.goto('/api')
    await page.getByRole('link', { name: 'New key' }).click()
    await page.getByLabel('Name').fill('Bot')
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page.getByText('Tick at least one ability').waitFor()
    assert.equal(await page.getByLabel('Name').inputValue(), 'Bot')
    await page.getByLabel('Read accounts').check()
    await page.getByRole('button', { name: 'Make the key' }).click()
    const key = (await page.getByText(/^evg_/).textContent()) ?? ''
    assert.equal(await statusWith(key), 200)
    await page.getByRole('link', { name: 'I have copied it' }).click()
    await page.getByRole('link', { name: 'Revoke Bot' }).click()
    await page.getByRole('button', { name: 'Revoke Bot' }).click()
    await page.getByText('Bot is revoked.').waitFor()
    assert.equal(await statusWith(key), 401)
    await close()
  })

  test('a message that a webhook did not get is sent again', async ({ browser, assert }) => {
    const { email } = await programs()
    const { page, complaints, close } = await openPage(browser)
    await signIn(page, email)
    await page.goto('/api-webhooks')
    await page.getByRole('link', { name: 'Deliveries to Our hook' }).click()
    const line = page.locator('.delivery-list tbody tr', { hasText: 'Given up' })
    await line.getByRole('link').first().click()
    await page.getByRole('button', { name: 'Redeliver' }).click()
    await page.getByText('It is sent again in a moment, under the same id.').waitFor()
    await page.locator('.run-head', { hasText: /Waiting|Retrying/ }).waitFor()
    assert.deepEqual(complaints, [])
    await close()
  })

  // acceptance.spec.ts looks at these pages with nothing opened, in all themes, languages and widths.
  for (const [colorScheme, locale, width] of [['dark', 'fr', 390]] as const)
    test(`nothing stands in anybody's way: ${colorScheme}, ${locale}, ${width} px`, async ({
      browser,
      assert,
    }) => {
      const { email } = await programs()
      const { page, complaints, close } = await openPage(browser, {
        colorScheme,
        viewport: { width, height: 900 },
      })
      await signIn(page, email)
      await page.setExtraHTTPHeaders({ 'accept-language': locale })
      for (const path of ['/api', '/api-keys/new', '/api-webhooks', '/api-start']) {
        await page.goto(path)
        for (const details of await page.locator('.over-keys summary').all()) await details.click()
        assert.deepEqual(await axeFindings(page), [], path)
        const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
        assert.isAtMost(overflow, 0, path)
      }
      await page.goto('/api')
      await page.locator('.key-list .listed-link').first().click()
      await page.waitForURL('**/api-keys/*-*')
      assert.deepEqual(await axeFindings(page), [], 'key')
      assert.deepEqual(complaints, [])
      await close()
    })
})
