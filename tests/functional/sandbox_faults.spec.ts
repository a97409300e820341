import { test } from '@japa/runner'
import { openSandbox } from '#tests/helpers/sandbox_client'
import type { FaultKind } from '#sandbox/faults'

const ANSWERS: { kind: FaultKind; status: number; error?: string }[] = [
  { kind: 'unavailable', status: 503, error: 'temporarily_unavailable' },
  { kind: 'rate_limited', status: 429, error: 'slow_down' },
  { kind: 'invalid_client', status: 401, error: 'invalid_client' },
  { kind: 'invalid_grant', status: 400, error: 'invalid_grant' },
  { kind: 'bad_gateway', status: 502 },
]

test.group('Sandbox provider: failing on request', () => {
  test('{kind} answers {status} and spends nothing')
    .with(ANSWERS)
    .run(async (context, { kind, status, error }) => {
      const { assert } = context
      const { control, client } = await openSandbox(context)
      const { refreshToken } = await control.mintGrant('nova-hollis')
      control.failNext(1, kind, { retryAfter: 7 })
      const failed = await client.refresh(refreshToken)
      assert.equal(failed.status, status)
      assert.equal(failed.body.error, error)
      if (kind === 'rate_limited') assert.equal(failed.headers.get('retry-after'), '7')
      if (kind === 'bad_gateway') assert.include(String(failed.body.text), '<h1>502 Bad Gateway</h1>')
      assert.equal(await client.refreshStatus(refreshToken), 200)
      assert.deepEqual(control.requests().outcomes, { [kind]: 1, granted: 1 })
    })

  test('reset rotates the token, then breaks the connection, so that the old one is spent', async (context) => {
    const { assert } = context
    const { control, client } = await openSandbox(context)
    const { refreshToken } = await control.mintGrant('nova-hollis')
    control.failNext(1, 'reset')
    await assert.rejects(() => client.refresh(refreshToken))
    assert.equal(await client.refreshError(refreshToken), 'invalid_grant')
    assert.deepEqual(control.requests().outcomes, { reset: 1, reused: 1 })
  })

  test('faults for one account leave the others alone, and are counted off', async (context) => {
    const { assert } = context
    const { control, client } = await openSandbox(context)
    const nova = await control.mintGrant('nova-hollis')
    const orbit = await control.mintGrant('orbit-coffee')
    control.failNext(2, 'unavailable', { accountId: 'nova-hollis' })
    assert.equal(await client.refreshStatus(orbit.refreshToken), 200)
    const statuses = []
    for (let round = 0; round < 3; round++) statuses.push(await client.refreshStatus(nova.refreshToken))
    assert.deepEqual(statuses, [503, 503, 200])
  })

  test('zero failures clear the plan', async (context) => {
    const { control, client } = await openSandbox(context)
    const { refreshToken } = await control.mintGrant('nova-hollis')
    control.failNext(5, 'unavailable')
    control.failNext(0)
    context.assert.equal(await client.refreshStatus(refreshToken), 200)
  })

  test('while down it answers 503 or hangs up, and afterwards every grant still lives', async (context) => {
    const { assert } = context
    const { control, client } = await openSandbox(context)
    const { refreshToken } = await control.mintGrant('nova-hollis')
    control.down(true)
    assert.equal(await client.refreshStatus(refreshToken), 503)
    assert.equal(await client.refreshStatus('any'), 503)
    control.down(true, 'hang_up')
    await assert.rejects(() => client.refresh(refreshToken))
    control.down(false)
    assert.equal(await client.refreshStatus(refreshToken), 200)
    assert.deepEqual(control.requests().outcomes, { down: 3, granted: 1 })
  })
})

test.group('Sandbox provider: the control page', () => {
  test('shows grants, refreshes and requests, and never a token', async (context) => {
    const { assert } = context
    const { sandbox, control, client } = await openSandbox(context)
    const { refreshToken, accessToken } = await control.mintGrant('nova-hollis')
    const { body } = await client.refresh(refreshToken)
    const response = await client.visit(`${sandbox.issuer}/`)
    const text = await response.text()
    assert.include(text, 'the next tokens were handed out')
    assert.include(text, 'id="revoke-nova-hollis"')
    for (const token of [refreshToken, accessToken, body.refresh_token, body.access_token]) {
      assert.notInclude(text, String(token))
    }
    assert.include(response.headers.get('content-security-policy')!, `default-src 'none'`)
    assert.notMatch(text, /<script(?! src)|<style| style=| on[a-z]+=/)
  })

  test('its forms revoke, plan faults, take down and bring up, then lead back', async (context) => {
    const { assert } = context
    const { control, client } = await openSandbox(context)
    const { refreshToken } = await control.mintGrant('nova-hollis')
    const planned = await client.submit('/control/fail', { count: '1', kind: 'unavailable', account: '' })
    assert.deepEqual([planned.status, planned.headers.get('location')], [303, '/'])
    assert.equal(await client.refreshStatus(refreshToken), 503)
    await client.submit('/control/down', { mode: 'unavailable' })
    assert.equal(await client.refreshStatus(refreshToken), 503)
    await client.submit('/control/up')
    assert.equal(await client.refreshStatus(refreshToken), 200)
    await client.submit('/control/revoke', { account: 'nova-hollis' })
    assert.include(await client.page('/live'), 'Ended')
    const wrong = await client.submit('/control/fail', { count: '-1', kind: 'nonsense' })
    assert.equal(wrong.status, 400)
  })

  test('a form from {origin} ({site}) changes nothing')
    .with([
      { origin: 'http://localhost:3333', site: 'cross-site' },
      { origin: 'null', site: '' },
      { origin: '', site: 'same-site' },
    ])
    .run(async (context, { origin, site }) => {
      const { sandbox, control, client } = await openSandbox(context)
      const { refreshToken } = await control.mintGrant('nova-hollis')
      const headers = { ...(origin && { Origin: origin }), ...(site && { 'Sec-Fetch-Site': site }) }
      const body = new URLSearchParams({ account: 'nova-hollis' })
      const refused = await fetch(`${sandbox.issuer}/control/revoke`, { method: 'POST', body, headers })
      context.assert.equal(refused.status, 403)
      context.assert.equal(await client.refreshStatus(refreshToken), 200)
    })

  test('whatever a request says is shown as text', async (context) => {
    const { control, client } = await openSandbox(context)
    const { refreshToken } = await control.mintGrant('<img src=x>')
    await client.refresh(refreshToken)
    await client.token({ grant_type: '<script>' })
    const text = await client.page('/')
    context.assert.include(text, '&lt;img src=x&gt;')
    context.assert.notInclude(text, '<img src=x>')
    context.assert.notInclude(text, '<script>')
  })
})
