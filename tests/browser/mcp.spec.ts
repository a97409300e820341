import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { MembershipFactory } from '#database/factories/membership_factory'
import { axeFindings } from '#tests/helpers/axe'
import { openPage, signIn } from '#tests/helpers/browser'
import { mcpFixture } from '#tests/helpers/mcp/mcp_fixture'
import { aPerson } from '#tests/helpers/people'

/** The last is the one in which axe looks. */
const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
]

test.group('Connecting an MCP server in a browser', (group) => {
  group.each.setup(() => limiter.clear())

  test('works without JavaScript, from the URL over a refusal to the account', async (context) => {
    const { assert, browser, cleanup } = context
    const { organization, resource, authorization } = await mcpFixture((work) => cleanup(work))
    const { user, email } = await aPerson(null)
    await MembershipFactory.merge({
      organizationId: organization.id,
      userId: user.id,
      role: 'operator',
    }).create()
    const { page, complaints, close } = await openPage(browser, { javaScriptEnabled: false })
    await signIn(page, email)
    await page.goto('/accounts/connect')
    const field = page.getByLabel('Server URL')
    const connect = page.locator('#mcp-server').getByRole('button', { name: 'Connect' })
    await field.fill(`${resource.origin}/nothing/here`)
    await connect.click()
    await page.waitForURL('**/accounts/connect#mcp-server')
    assert.equal(await field.inputValue(), `${resource.origin}/nothing/here`)
    assert.match((await page.getByRole('alert').textContent()) ?? '', /no protected-resource metadata/)
    await field.fill(resource.resource)
    await connect.click()
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.waitForURL('**/accounts/*')
    const text = await page.locator('main').textContent()
    for (const fact of [resource.resource, authorization.issuer, 'files:read'])
      assert.include(text ?? '', fact)
    assert.deepEqual(complaints, [])
    await close()
  })

  test('axe finds nothing where a client must be brought, in {$self}')
    .with(['light', 'dark'] as const)
    .run(async ({ assert, browser, cleanup }, colorScheme) => {
      const fixture = await mcpFixture((work) => cleanup(work), { registration: false })
      const { organization, resource } = fixture
      const { user, email } = await aPerson(null)
      await MembershipFactory.merge({
        organizationId: organization.id,
        userId: user.id,
        role: 'operator',
      }).create()
      const { page, complaints, close } = await openPage(browser, { colorScheme })
      await signIn(page, email)
      await page.goto('/accounts/connect')
      await page.getByLabel('Server URL').fill(resource.resource)
      await page.locator('#mcp-server').getByRole('button', { name: 'Connect' }).click()
      await page.getByLabel('Client id').waitFor()
      assert.deepEqual(await axeFindings(page), [])
      for (const viewport of SIZES) {
        await page.setViewportSize(viewport)
        const width = await page.evaluate<number>('document.documentElement.scrollWidth')
        assert.isAtMost(width, viewport.width)
      }
      assert.deepEqual(await axeFindings(page), [], `${page.viewportSize()?.width}`)
      assert.deepEqual(complaints, [])
      await close()
    })
})
