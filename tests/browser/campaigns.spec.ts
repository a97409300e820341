import { test } from '@japa/runner'
import type { Browser, Page } from 'playwright'
import { Installation } from '#tests/helpers/installation'
import { FIRST, makeFirst } from '#tests/helpers/newcomer'
import { PASSWORD } from '#tests/helpers/people'

/** Nothing is due during the test, so that every refresh at the sandbox is one that a person caused. */
const LONG = { SANDBOX_TOKEN_LIFETIME: '6h' }
const CAMPAIGN = 'Friday quiz'
const PEOPLE = {
  nova: { role: 'streamer', account: 'Nova Hollis' },
  juniper: { role: 'streamer', account: 'Juniper Vale' },
  gil: { role: 'game_master', account: '' },
} as const

test.group('A campaign, from the grant to the session', () => {
  test('streamers grant, a dead grant keeps the session from starting until it is renewed', async (context) => {
    const { assert, browser } = context
    const cleanup = (work: () => Promise<void>) => context.cleanup(work)
    const installation = await Installation.create(cleanup, { environment: LONG })
    await installation.migrate()
    await makeFirst(await installation.serve())
    await createPeople(installation)
    const sandbox = await (await browser.newContext()).newPage()
    await sandbox.goto(installation.sandboxUrl)

    const nova = await enter(browser, installation.url, 'nova')
    await connectChannel(nova, PEOPLE.nova.account)
    const juniper = await enter(browser, installation.url, 'juniper')
    await connectChannel(juniper, PEOPLE.juniper.account)
    await prepareCampaign(browser, installation.url)

    // The grant refreshes at that moment: the sandbox counts one more refresh of this account.
    assert.equal(await refreshes(sandbox, PEOPLE.nova.account), 0)
    await grant(nova, PEOPLE.nova.account)
    assert.equal(await refreshes(sandbox, PEOPLE.nova.account), 1)
    assert.equal(await refreshes(sandbox, PEOPLE.juniper.account), 0)
    await grant(juniper, PEOPLE.juniper.account)

    await sandbox.getByRole('button', { name: `Revoke the grant of ${PEOPLE.juniper.account}` }).click()
    const master = await enter(browser, installation.url, 'gil')
    await master.getByRole('link', { name: CAMPAIGN }).click()
    await master.getByRole('button', { name: 'Start a session' }).click()
    const refusal = master.getByRole('alert', { name: 'Nothing was started' })
    await refusal.waitFor()
    assert.deepEqual(await refusal.locator('.trouble strong').allInnerTexts(), [PEOPLE.juniper.account])
    const link = await refusal.locator('.copy-text').innerText()
    assert.match(link, /\/accounts\/[0-9a-f-]{36}\/reconnect$/)
    await master.getByText('No session is live.').waitFor()

    await juniper.goto(link)
    await juniper.getByRole('button', { name: 'Continue to Sandbox' }).click()
    await allow(juniper, PEOPLE.juniper.account)
    await juniper.waitForURL('**/streamer')
    await master.getByRole('button', { name: 'Start a session' }).click()
    await master.getByText('The session is live. Every member is healthy.').waitFor()
    await master.locator('.session').getByText('Live', { exact: true }).waitFor()
    assert.equal(await installation.stop(), 0)
  }).timeout(170_000)
})

function emailOf(name: string): string {
  return `${name}@example.com`
}

async function createPeople(installation: Installation): Promise<void> {
  const created = Object.entries(PEOPLE).map(([name, { role }]) =>
    installation.ace(
      'user:create',
      `--email=${emailOf(name)}`,
      `--role=${role}`,
      `--password=${PASSWORD}`,
      `--name=${name}`
    )
  )
  for (const { code, stderr } of await Promise.all(created)) if (code !== 0) throw new Error(stderr)
}

/** A browser of its own, signed in. */
async function enter(browser: Browser, url: string, name: keyof typeof PEOPLE): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: url })).newPage()
  await fillSignIn(page, emailOf(name), PASSWORD)
  await page.waitForURL(PEOPLE[name].role === 'streamer' ? '**/streamer' : '**/campaigns')
  return page
}

async function fillSignIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto('/login')
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function connectChannel(page: Page, account: string): Promise<void> {
  await page.getByText('No channel connected yet').waitFor()
  await page.getByRole('button', { name: 'Connect Sandbox' }).click()
  await allow(page, account)
  await page.waitForURL('**/streamer')
  await page.getByRole('heading', { name: account }).waitFor()
}

async function allow(page: Page, account: string): Promise<void> {
  await page.waitForURL(/\/interaction\//)
  await page.getByRole('radio', { name: account }).check({ force: true })
  await page.getByRole('button', { name: 'Allow' }).click()
}

/** The administrator makes the campaign with both channels and its game master. */
async function prepareCampaign(browser: Browser, url: string): Promise<void> {
  const page = await (await browser.newContext({ baseURL: url })).newPage()
  await fillSignIn(page, FIRST.email, FIRST.password)
  await page.waitForURL((address) => address.pathname === '/')
  await page.goto('/campaigns/new')
  await page.getByLabel('Name').fill(CAMPAIGN)
  await page.getByRole('button', { name: 'Make the campaign' }).click()
  for (const { role, account } of Object.values(PEOPLE)) {
    if (role !== 'streamer') continue
    await page.getByLabel('Channel', { exact: true }).selectOption({ label: `${account} (Sandbox)` })
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('rowheader', { name: account }).waitFor()
  }
  await page.getByLabel('Person').selectOption({ label: `gil (${emailOf('gil')})` })
  await page.getByRole('button', { name: 'Add a game master' }).click()
  await page.getByText('This person can start sessions now.').waitFor()
  await page.context().close()
}

async function grant(page: Page, account: string): Promise<void> {
  await page.getByRole('button', { name: `Grant ${account} to ${CAMPAIGN}` }).click()
  await page.getByText('Granted: the token was refreshed just now').waitFor()
  await page.locator('.ask').getByText('open until').waitFor()
}

/** How often the sandbox has refreshed an account, from its own page. */
async function refreshes(sandbox: Page, account: string): Promise<number> {
  await sandbox.reload()
  const row = sandbox.getByRole('row', { name: account })
  return Number(await row.locator('[data-label="Refreshes"]').innerText())
}
