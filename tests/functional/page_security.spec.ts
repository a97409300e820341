import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import { RunFactory } from '#database/factories/run_factory'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

const NONCE = /script-src 'self' 'nonce-([^']+)'/

test.group('Pages: policy and errors', (group) => {
  group.each.setup(() => emptyTables())

  test('every page has a strict policy with its own nonce', async ({ client, assert }) => {
    const { user, organization } = await aPerson()
    const { id } = await aConnection(organization)
    const run = await RunFactory.merge({ organizationId: organization.id }).create()
    const nonces = new Set<string>()
    const pages = [
      '/login',
      '/',
      '/accounts',
      `/accounts/${id}`,
      '/accounts/connect',
      '/providers',
      '/providers/new',
      '/runs',
      `/runs/${run.id}`,
      '/activity',
      '/schedule',
      '/campaigns',
      '/campaigns/new',
      '/inbox',
      '/alerts',
      '/alerts/channels',
      '/alerts/deliveries',
      '/alerts/devices',
      `/accounts/${id}/reconnect`,
      '/nothing',
    ]
    for (const page of pages) {
      const request = client.get(page).header('Accept', 'text/html')
      const response = await (page === '/login' ? request : request.loginAs(user))
      const policy = response.header('content-security-policy')!
      assert.notInclude(policy, 'unsafe')
      assert.include(policy, "frame-ancestors 'none'")
      const nonce = NONCE.exec(policy)![1]
      assert.include(response.text(), `<meta name="csp-nonce" content="${nonce}"`)
      assert.notMatch(response.text(), /\sstyle="|\son[a-z]+="|<style/)
      nonces.add(nonce)
    }
    assert.lengthOf(nonces, pages.length)
  })

  test('an error before the shield has a policy, too', async ({ client, assert }) => {
    const response = await client
      .post('/login')
      .header('Content-Type', 'application/json')
      .header('Accept', 'text/html')
      .setup((request) => {
        request.request.send('{"broken')
      })
    assert.isAtLeast(response.status(), 400)
    assert.include(response.header('content-security-policy'), "frame-ancestors 'none'")
    assert.equal(response.header('x-frame-options'), 'DENY')
  })

  test('an error page names the request and hides the rest', async ({ client, assert }) => {
    const response = await client.get('/nothing').header('Accept', 'text/html')
    response.assertStatus(404)
    assert.include(response.text(), response.header('x-request-id')!)
  })

  test('below /api/ and for JSON an error is a problem', async ({ client, assert }) => {
    for (const [path, accept] of [
      ['/api/v1/nothing', '*/*'],
      ['/nothing', 'application/json'],
    ]) {
      const response = await client.get(path).header('Accept', accept)
      response.assertStatus(404)
      assert.include(response.header('content-type'), 'application/problem+json')
      const problem = JSON.parse(response.text())
      assert.deepInclude(problem, {
        type: 'about:blank',
        title: 'Not Found',
        status: 404,
        code: 'route_not_found',
      })
      assert.equal(problem.request_id, response.header('x-request-id'))
    }
  })

  test('a form without its token is answered with 419', async ({ client }) => {
    const { user, organization } = await aPerson()
    const { id } = await aConnection(organization)
    const response = await client.post(`/accounts/${id}/pause`).loginAs(user).header('Accept', 'text/html')
    response.assertStatus(419)
    response.assertTextIncludes('Page expired')
  })

  test('the page that says so leads back to the page of the form, if that is ours', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson()
    const { id } = await aConnection(organization)
    const own = `http://${process.env.HOST}:${process.env.PORT}`
    const read = async (referrer: string) => {
      const request = client.post(`/accounts/${id}/pause`).loginAs(user).header('Accept', 'text/html')
      return (await request.header('Referer', referrer)).text()
    }
    assert.match(await read(`${own}/accounts/${id}?tab=settings`), /href="\/accounts\/[^"]*\?tab=settings"/)
    for (const foreign of ['https://evil.example/accounts', 'nonsense', `${own}//evil.example`])
      assert.notInclude(await read(foreign), 'Back to the form', foreign)
  })

  test('the theme comes from the cookie, and nonsense means the system’s', async ({ assert }) => {
    const themeWith = async (theme: string) => {
      const response = await fetch(`${appUrl}/login`, { headers: { cookie: `theme=${theme}` } })
      return /data-theme="(\w*)"/.exec(await response.text())?.[1]
    }
    assert.equal(await themeWith('dark'), 'dark')
    assert.equal(await themeWith('light'), 'light')
    assert.equal(await themeWith('"><script>'), 'system')
  })
})
