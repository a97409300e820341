import app from '@adonisjs/core/services/app'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { RefreshAttemptFactory } from '#database/factories/refresh_attempt_factory'
import { RunFactory } from '#database/factories/run_factory'
import Connection from '#models/connection'
import type Organization from '#models/organization'
import Worker from '#models/worker'
import { uuid } from '#models/uuid'
import { axeFindings } from '#tests/helpers/axe'
import { openPage, signIn } from '#tests/helpers/browser'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

/** An organization with one account of each kind that looks different. */
async function aFullHouse() {
  const { organization, email } = await aPerson()
  const now = DateTime.utc()
  const ana = await aConnection(organization, { displayName: 'Ana' })
  const dead = {
    status: 'needs_reauth',
    statusReason: 'rejected',
    isActive: false,
    errorCode: 'invalid_grant',
  }
  const bea = await aConnection(organization, { displayName: 'Bea', ...dead, nextRefreshAt: null })
  await aConnection(organization, { displayName: 'Cem', pausedAt: now })
  await aConnection(organization, { displayName: 'Dee', tokenRefreshFailedAt: now, statusReason: 'rejected' })
  await aConnection(organization, {
    displayName: 'Eva',
    refreshToken: null,
    grantExpiresAt: now.plus({ days: 3 }),
  })
  await Worker.create({
    id: uuid(),
    host: 'test',
    bootId: 'test',
    pid: 1,
    role: 'web',
    startedAt: now,
    beatAt: now,
    schedulerTickedAt: now,
    schedulerIntervalMs: 60_000,
  })
  const { catalogue } = await app.container.make('engine')
  const entry = { token_endpoint: 'https://{config.site}.acme.example/token', client_id: 'ours' }
  const config = { site: { title: 'Your site' } }
  await catalogue.add(organization.id, { key: 'acme', name: 'Acme', entry: { ...entry, config } })
  const run = await aFailedRun(organization, bea)
  return { organization, email, ana, bea, run }
}

/** A run with one refresh that was refused. */
async function aFailedRun({ id: organizationId }: Organization, connection: Connection) {
  const counts = { total: 12, refreshed: 1, failed: 1, skipped: 3 }
  const run = await RunFactory.merge({
    organizationId,
    state: 'failed',
    error: 'Error: no space left',
    ...counts,
  }).create()
  const attempt = { organizationId, connectionId: connection.id, runId: run.id }
  await RefreshAttemptFactory.merge(attempt).apply('rejected').create()
  return run
}

test.group('Pages in a browser', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await limiter.clear()
  })

  test('an empty organization and a narrow screen pass axe, too', async ({ browser, assert }) => {
    const { email } = await aPerson()
    const { page, complaints, close } = await openPage(browser, { viewport: { width: 390, height: 844 } })
    await signIn(page, email)
    assert.deepEqual(await axeFindings(page), [])
    await page.getByRole('button', { name: 'Open navigation' }).click()
    await page.getByRole('navigation', { name: 'Sections' }).waitFor()
    assert.deepEqual(await axeFindings(page), [])
    assert.deepEqual(complaints, [])
    await close()
  })

  test('a keyboard alone searches, filters, asks for help and switches the theme', async ({
    browser,
    assert,
  }) => {
    const { email } = await aFullHouse()
    const { page, complaints, close } = await openPage(browser, { colorScheme: 'light' })
    await signIn(page, email)
    await page.keyboard.press('/')
    await page.keyboard.type('bea')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/accounts?q=bea')
    await page.getByRole('rowheader', { name: 'Ana' }).waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('g')
    await page.keyboard.press('a')
    await page.waitForURL('**/accounts')
    await page.getByLabel('Status', { exact: true }).focus()
    await page.keyboard.press('R')
    await page.waitForURL('**/accounts?status=reconnect')
    await page.getByLabel('Status', { exact: true }).blur()
    await page.keyboard.press('t')
    await page.keyboard.press('t')
    await page.reload()
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark')
    assert.deepEqual(complaints, [])
    await close()
  })

  test('without JavaScript people sign in, filter, pause and sign out', async ({ browser, assert }) => {
    const { email, ana } = await aFullHouse()
    const { page, close } = await openPage(browser, { javaScriptEnabled: false })
    await signIn(page, email)
    await page.goto('/accounts')
    await page.getByLabel('Status', { exact: true }).selectOption('reconnect')
    await page.getByRole('button', { name: 'Filter' }).click()
    assert.equal(await page.getByRole('rowheader').count(), 1)
    await page.goto(`/accounts/${ana.id}`)
    await page.getByRole('button', { name: 'Pause', exact: true }).click()
    assert.include(await page.getByRole('status').allInnerTexts().then(String), 'Paused.')
    await page.getByRole('button', { name: 'Your account' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL('**/login')
    await close()
  })

  test('a change shows by itself; a hidden tab asks for nothing', async ({ browser, assert }) => {
    const { email, ana } = await aFullHouse()
    const { page, complaints, close } = await openPage(browser)
    await signIn(page, email)
    await page.goto('/accounts')
    const statuses: number[] = []
    page.on('response', (response) => statuses.push(response.status()))
    await page.waitForResponse((response) => response.status() === 304, { timeout: 8_000 })
    await Connection.query().where('id', ana.id).update({ display_name: 'Ana the Second' })
    await page.getByRole('link', { name: 'Ana the Second' }).waitFor({ timeout: 8_000 })
    await page.evaluate(`
      Object.defineProperty(document, 'hidden', { get: () => true })
      document.dispatchEvent(new Event('visibilitychange'))
    `)
    await page.locator('#live', { hasText: 'Paused' }).waitFor()
    await page.waitForTimeout(500)
    statuses.length = 0
    await page.waitForTimeout(4_500)
    assert.deepEqual(statuses, [])
    assert.deepEqual(complaints, [])
    await close()
  })
})
