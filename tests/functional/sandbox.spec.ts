import { test } from '@japa/runner'
import { openSandbox } from '#tests/helpers/sandbox_client'

test.group('Sandbox provider: the code flow', () => {
  test('allowing leads back with a code that buys tokens and the stable account', async (context) => {
    const { assert } = context
    const { sandbox, client } = await openSandbox(context)
    const back = await client.decide('allow', 'nova-hollis')
    assert.equal(`${back.origin}${back.pathname}`, client.redirectUri)
    assert.equal(back.searchParams.get('state'), 'a-state')
    assert.equal(back.searchParams.get('iss'), sandbox.issuer)
    const { status, body } = await client.exchange(back.searchParams.get('code')!)
    assert.equal(status, 200)
    assert.equal(body.expires_in, 60)
    assert.sameMembers(String(body.scope).split(' '), ['openid', 'offline_access', 'profile'])
    assert.isString(body.refresh_token)
    const headers = { Authorization: `Bearer ${body.access_token}` }
    assert.deepEqual(await client.json('/me', headers), {
      sub: 'nova-hollis',
      preferred_username: 'novahollis',
      name: 'Nova Hollis',
    })
  })

  test('denying leads back with access_denied', async (context) => {
    const { client } = await openSandbox(context)
    const back = await client.decide('deny', 'nova-hollis')
    context.assert.equal(back.searchParams.get('error'), 'access_denied')
    context.assert.isNull(back.searchParams.get('code'))
  })

  test('each connection asks for an account anew, and a login hint picks it beforehand', async (context) => {
    const { client } = await openSandbox(context)
    await client.decide('allow', 'nova-hollis')
    const { text } = await client.openConsent({ login_hint: 'orbitcoffee' })
    context.assert.match(text, /value="orbit-coffee"\s+required\s+checked/)
    const back = await client.decide('allow', 'juniper-vale')
    const { status } = await client.exchange(back.searchParams.get('code')!)
    context.assert.equal(status, 200)
  })

  test('a request without PKCE, or for an unknown redirect URI, is refused', async (context) => {
    const { assert } = context
    const { client } = await openSandbox(context)
    const plain = await client.visit(
      client.authorizationUrl({ code_challenge: '', code_challenge_method: '' })
    )
    const error = new URL(plain.headers.get('location')!).searchParams.get('error')
    assert.equal(error, 'invalid_request')
    const foreign = await client.visit(client.authorizationUrl({ redirect_uri: 'http://localhost:1/x' }))
    assert.equal(foreign.status, 400)
    assert.include(await foreign.text(), 'invalid_redirect_uri')
  })

  test('both discovery documents name the issuer and its endpoints', async (context) => {
    const { sandbox, client } = await openSandbox(context)
    for (const name of ['openid-configuration', 'oauth-authorization-server']) {
      const metadata = await client.json(`/.well-known/${name}`)
      context.assert.containsSubset(metadata, {
        issuer: sandbox.issuer,
        authorization_endpoint: `${sandbox.issuer}/auth`,
        token_endpoint: `${sandbox.issuer}/token`,
        revocation_endpoint: `${sandbox.issuer}/token/revocation`,
        userinfo_endpoint: `${sandbox.issuer}/me`,
        authorization_response_iss_parameter_supported: true,
        code_challenge_methods_supported: ['S256'],
      })
    }
  })
})

test.group('Sandbox provider: refreshing', () => {
  test('a refresh hands out the next refresh token', async (context) => {
    const { assert } = context
    const { control, client } = await openSandbox(context)
    const minted = await control.mintGrant('nova-hollis')
    const first = await client.refresh(minted.refreshToken)
    const second = await client.refresh(first.body.refresh_token)
    assert.deepEqual([first.status, second.status], [200, 200])
    assert.notEqual(second.body.refresh_token, first.body.refresh_token)
    assert.deepEqual(control.requests().refreshesByAccount, { 'nova-hollis': 2 })
  })

  test('a spent refresh token ends the whole grant', async (context) => {
    const { assert } = context
    const { control, client } = await openSandbox(context)
    const { refreshToken } = await control.mintGrant('nova-hollis')
    const { body } = await client.refresh(refreshToken)
    const reuse = await client.refresh(refreshToken)
    assert.deepInclude(reuse, { status: 400 })
    assert.equal(reuse.body.error, 'invalid_grant')
    const successor = await client.refresh(body.refresh_token)
    assert.equal(successor.body.error, 'invalid_grant')
    assert.equal(control.requests().reuseDetections, 1)
  })

  test('of two refreshes at the same moment with one token, one counts as reuse', async (context) => {
    const { assert } = context
    const { control, client } = await openSandbox(context)
    const { refreshToken } = await control.mintGrant('nova-hollis')
    const answers = await Promise.all([client.refresh(refreshToken), client.refresh(refreshToken)])
    assert.sameMembers(
      answers.map(({ status }) => status),
      [200, 400]
    )
    const winner = answers.find(({ status }) => status === 200)!
    const after = await client.refresh(winner.body.refresh_token)
    assert.equal(after.body.error, 'invalid_grant')
    assert.equal(control.requests().reuseDetections, 1)
  })

  test('after the owner revokes, a refresh gets invalid_grant; other accounts go on', async (context) => {
    const { assert } = context
    const { control, client } = await openSandbox(context)
    const revoked = await control.mintGrant('nova-hollis')
    const other = await control.mintGrant('orbit-coffee')
    assert.equal(control.revoke('nova-hollis'), 1)
    const refused = await client.refresh(revoked.refreshToken)
    const granted = await client.refresh(other.refreshToken)
    assert.equal(refused.body.error, 'invalid_grant')
    assert.equal(granted.status, 200)
    assert.deepEqual(control.requests().outcomes, { refused: 1, granted: 1 })
  })

  test('a revocation by the client ends its grant', async (context) => {
    const { assert } = context
    const { sandbox, control, client } = await openSandbox(context)
    const { refreshToken } = await control.mintGrant('nova-hollis')
    const post = await control.mintGrant('nova-hollis', { clientId: 'evergrant-sandbox-post' })
    const credentials = {
      client_id: 'evergrant-sandbox-post',
      client_secret: client.clientSecret.reveal(),
    }
    const send = (path: string, fields: Record<string, string>) =>
      fetch(sandbox.issuer + path, {
        method: 'POST',
        body: new URLSearchParams({ ...fields, ...credentials }),
      })
    const revoked = await send('/token/revocation', { token: post.refreshToken })
    const refused = await send('/token', { grant_type: 'refresh_token', refresh_token: post.refreshToken })
    assert.deepEqual([revoked.status, refused.status], [200, 400])
    assert.equal(await client.refreshStatus(refreshToken), 200)
  })

  test('access tokens live as long as told', async (context) => {
    const { assert } = context
    const { control, client } = await openSandbox(context, { accessTokenLifetime: 2_000 })
    const { refreshToken, expiresIn } = await control.mintGrant('nova-hollis')
    const { body } = await client.refresh(refreshToken)
    assert.deepEqual([expiresIn, body.expires_in], [2_000, 2])
    const headers = { Authorization: `Bearer ${body.access_token}` }
    assert.propertyVal(await client.json('/me', headers), 'sub', 'nova-hollis')
    await new Promise((resolve) => setTimeout(resolve, 2_100))
    assert.propertyVal(await client.json('/me', headers), 'error', 'invalid_token')
  }).timeout(10_000)

  test('a thousand grants are each refreshed once, all at the same time', async (context) => {
    const { assert } = context
    const { control, client } = await openSandbox(context)
    const ids = Array.from({ length: 1_000 }, (_, index) => `generated-${index}`)
    const grants = await Promise.all(ids.map((id) => control.mintGrant(id)))
    const answers = await Promise.all(grants.map(({ refreshToken }) => client.refresh(refreshToken)))
    assert.isTrue(answers.every(({ status }) => status === 200))
    const { refreshes, refreshesByAccount, reuseDetections } = control.requests()
    assert.deepEqual([refreshes, reuseDetections], [1_000, 0])
    assert.lengthOf(Object.keys(refreshesByAccount), 1_000)
  }).timeout(30_000)
})
