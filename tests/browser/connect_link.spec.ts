import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import { anApiCaller } from '#tests/helpers/api_caller'
import { axeFindings } from '#tests/helpers/axe'
import { openPage } from '#tests/helpers/browser'
import { connectFixture } from '#tests/helpers/connect_fixture'
import { HttpReceiver } from '#tests/helpers/receivers/http_receiver'

/** The last is the one in which axe looks. */
const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
]

/** A program of an organization, the sandbox, and the program's own page that people return to. */
async function scene({ cleanup }: TestContext) {
  const later = (work: () => Promise<void>) => cleanup(work)
  const { organization, connections } = await connectFixture(later)
  const service = await HttpReceiver.start(later)
  service.behaviour = () => ({
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<!doctype html><link rel="icon" href="data:,"><title>Back</title><h1>Back at the service</h1>',
  })
  const caller = await anApiCaller({ organizationId: organization.id })
  const link = async (more: object = {}) => {
    const { body } = await caller.post('/connect-links', { provider: 'sandbox', owner: 'ana', ...more })
    return String(body.url)
  }
  return { organization, connections, service, link }
}

test.group('A connect link in a browser', () => {
  test('an outside person connects without JavaScript and ends at the service, {$self}')
    .with(['the first time', 'and again'] as const)
    .run(async (context, time) => {
      const { assert, browser } = context
      const { organization, connections, service, link } = await scene(context)
      const url = await link({ return_url: service.url('/back?tab=1') })
      const { page, complaints, close } = await openPage(browser, { javaScriptEnabled: false })
      for (let count = 0; count < (time === 'and again' ? 2 : 1); count++) {
        await page.goto(url)
        assert.include((await page.locator('main').textContent()) ?? '', organization.name)
        await page.getByRole('button', { name: 'Continue to Sandbox' }).click()
        await page.getByRole('button', { name: 'Allow' }).click()
        await page.waitForURL(/\/back\?/)
      }
      const [{ id, owner }, ...others] = await connections()
      assert.lengthOf(others, 0)
      assert.equal(owner, 'ana')
      const address = new URL(page.url())
      assert.equal(address.search, `?tab=1&status=connected&connection_id=${id}`)
      const [{ headers }] = service.received
      assert.isUndefined(headers.referer, 'the service is not told of the link')
      assert.deepEqual(complaints, [])
      await close()
    })

  test('declining leads to another try; expired and tampered links say what to do', async (context) => {
    const { assert, browser } = context
    const { connections, service, link } = await scene(context)
    const url = await link({ return_url: service.url('/back') })
    const { page, close } = await openPage(browser)
    await page.goto(url)
    await page.getByRole('button', { name: 'Continue to Sandbox' }).click()
    await page.getByRole('button', { name: 'Deny' }).click()
    await page.getByText('You declined at Sandbox').waitFor()
    assert.deepEqual(await axeFindings(page), [])
    await page.getByRole('link', { name: 'Try again' }).click()
    await page.getByRole('button', { name: 'Continue to Sandbox' }).waitFor()
    await page.goBack()
    await page.getByRole('link', { name: /Continue to 127/ }).click()
    await page.waitForURL(/\/back\?status=declined$/)
    await page.goto(url.replace(/signature=.../, 'signature=xyz'))
    await page.getByRole('heading', { name: 'This link is not valid' }).waitFor()
    await db.from('connect_links').update({ expires_at: Date.now() - 1 })
    await page.goto(url)
    await page.getByRole('heading', { name: 'This link has expired' }).waitFor()
    assert.deepEqual(await axeFindings(page), [])
    assert.lengthOf(await connections(), 0)
    await close()
  })

  test('axe finds nothing and nothing is wider than the screen, in {$self}')
    .with(['light', 'dark'] as const)
    .run(async (context, colorScheme) => {
      const { assert, browser } = context
      const { link } = await scene(context)
      const url = await link({ owner: `somebody-with-a-long-name-${'x'.repeat(120)}` })
      const { page, complaints, close } = await openPage(browser, { colorScheme })
      await page.goto(url)
      for (const viewport of SIZES) {
        await page.setViewportSize(viewport)
        const width = await page.evaluate<number>('document.documentElement.scrollWidth')
        assert.isAtMost(width, viewport.width)
      }
      assert.deepEqual(await axeFindings(page), [])
      assert.deepEqual(complaints, [])
      await close()
    })
})
