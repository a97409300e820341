import app from '@adonisjs/core/services/app'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { axeFindings } from '#tests/helpers/axe'
import { openPage, signIn } from '#tests/helpers/browser'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

/** An organization in whose trail a line of each kind stands. */
async function aTrail() {
  const { organization, user, email } = await aPerson('admin')
  const { id } = await aConnection(organization, {
    displayName: 'Ana with a name that goes on for as long as a name can possibly go on',
  })
  const { trail, handOuts } = await app.container.make('audit')
  const organizationId = organization.id
  const person = { kind: 'person' as const, id: user.id, name: user.fullName ?? '', organizationId }
  const origin = { ip: '203.0.113.7', userAgent: 'Mozilla/5.0 (X11; Linux x86_64)', requestId: 'r-1' }
  const target = {
    kind: 'connection' as const,
    id,
    name: 'Ana with a name that goes on for as long as it can',
  }
  const empty = { organizationId: null, target: { id: null, name: null }, given: {} }
  const paused = await trail.begin({ actor: person, action: 'connection.pause', target, origin })
  const changes = { paused_at: [null, '2026-11-21T15:00:00.000Z'] as [unknown, unknown] }
  await trail.end(paused, { ...empty, outcome: 'done', status: 303, changes })
  for (const [outcome, status] of [
    ['refused', 403],
    ['failed', 500],
  ] as const) {
    const ids = await trail.begin({ actor: person, action: 'campaign.grant', target, origin })
    await trail.end(ids, { ...empty, outcome, status, changes: {} })
  }
  const command = { kind: 'command' as const, id: null, name: 'ana@operator-host', organizationId }
  const nowhere = { ip: null, userAgent: null, requestId: null }
  const none = { kind: null, id: null, name: null }
  await trail.begin({ actor: command, action: 'connection.import', target: none, origin: nowhere })
  for (let count = 0; count < 312; count++)
    handOuts.count({ id: user.id, name: 'Backend', organizationId }, id)
  return { email, id }
}

/** A command of somebody of the same organization, about which there is nothing to open. */
async function somethingNew(email: string): Promise<void> {
  const { trail } = await app.container.make('audit')
  const { organizationId } = await trail.claimant(email)
  await trail.begin({
    actor: { kind: 'command', id: null, name: 'new@host', organizationId },
    action: 'connection.export',
    target: { kind: null, id: null, name: null },
    origin: { ip: null, userAgent: null, requestId: null },
  })
}

test.group('Audit page in a browser', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear()
  })

  test('what changed opens below its line, and stays open while the page looks for news', async ({
    browser,
    assert,
  }) => {
    const { email } = await aTrail()
    const { page, complaints, close } = await openPage(browser)
    await signIn(page, email)
    await page.getByRole('link', { name: 'Audit' }).click()
    const line = page.locator('tr', { hasText: 'Paused an account' })
    await line.getByText('Details and 1 change').click()
    await line.getByText('paused_at').waitFor()
    await somethingNew(email)
    await page.getByText('Exported accounts').waitFor()
    assert.isTrue(await line.getByText('paused_at').isVisible())
    assert.deepEqual(complaints, [])
    await close()
  })

  test('j and k go to each line, Enter opens what is below it, and news leave the place alone', async ({
    browser,
    assert,
  }) => {
    const { email } = await aTrail()
    const { page, complaints, close } = await openPage(browser)
    await signIn(page, email)
    await page.goto('/audit')
    const lines = await page.locator('[data-row]').evaluateAll((all) => all.map(({ id }) => id))
    const current = page.locator('[data-row]:focus, [data-row]:has(:focus)')
    for (const id of lines) {
      await page.keyboard.press('j')
      assert.equal(await current.getAttribute('id'), id)
    }
    await page.locator('tr', { hasText: 'Paused an account' }).locator('summary').focus()
    const paused = await current.getAttribute('id')
    await page.keyboard.press('Enter')
    await page.getByText('paused_at').waitFor()
    await somethingNew(email)
    await page.getByText('Exported accounts').waitFor()
    assert.equal(await current.getAttribute('id'), paused)
    await page.keyboard.press('k')
    assert.equal(await current.getAttribute('id'), lines[lines.indexOf(paused!) - 1])
    assert.deepEqual(complaints, [])
    await close()
  })

  test('tokens that left are found by the filter, and the file is downloaded', async ({
    browser,
    assert,
  }) => {
    const { email } = await aTrail()
    const { page, close } = await openPage(browser)
    await signIn(page, email)
    await page.goto('/audit')
    await page.getByLabel('What to show').selectOption('hand_outs')
    await page.getByText('Took the token 312 times').waitFor()
    assert.include(page.url(), 'show=hand_outs')
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: 'CSV' }).click()
    assert.match((await download).suggestedFilename(), /^audit-[\d-]+\.csv$/)
    await close()
  })

  // acceptance.spec.ts looks at the trail with nothing opened, in all themes and languages.
  for (const [colorScheme, locale] of [['dark', 'fr']] as const)
    test(`nothing stands in anybody's way: ${colorScheme}, ${locale}`, async ({ browser, assert }) => {
      const { email, id } = await aTrail()
      const { page, close } = await openPage(browser, {
        colorScheme,
        viewport: { width: 390, height: 900 },
      })
      await signIn(page, email)
      await page.setExtraHTTPHeaders({ 'accept-language': locale })
      for (const path of ['/audit', `/audit?target=${id}`, '/audit?what=nobody']) {
        await page.goto(path)
        for (const details of await page.locator('.audit-details summary').all()) await details.click()
        assert.deepEqual(await axeFindings(page), [], path)
        const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
        assert.isAtMost(overflow, 0, path)
      }
      await close()
    })
})
