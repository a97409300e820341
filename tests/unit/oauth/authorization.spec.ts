import { createHash } from 'node:crypto'
import { test } from '@japa/runner'
import { beginAuthorization, readCallback } from '#oauth/authorization'
import type { ProviderInput } from '#oauth/define_provider'
import type { AuthorizationServer } from '#oauth/types'
import { provider } from './helpers.js'

const redirectUri = 'https://app.example/connect/acme/callback'

function begin(definition: Partial<ProviderInput> = {}, config?: Record<string, string>) {
  const made = provider({ scopes: ['openid', 'mail'], ...definition })
  const begun = beginAuthorization({
    provider: made,
    server: made.server,
    redirectUri,
    extraScopes: ['mail', 'files'],
    config,
  })
  return { ...begun, provider: made, params: new URL(begun.url).searchParams }
}

function callback(
  query: Record<string, string>,
  server: AuthorizationServer = {},
  definition: Partial<ProviderInput> = {}
) {
  const begun = begin(definition)
  const params = new URLSearchParams({ state: begun.pending.state, ...query })
  const result = readCallback({ ...begun, server, url: `${redirectUri}?${params}` })
  return result.ok ? { code: result.code.reveal(), metadata: result.metadata } : result.failure
}

test.group('Authorization: the way out', () => {
  test('the URL carries state, S256 challenge, nonce and the union of scopes', ({ assert }) => {
    const { params, pending, url } = begin({ authorizationParams: { prompt: 'consent' } })
    assert.isTrue(url.startsWith('https://acme.example/authorize?'))
    assert.deepInclude(Object.fromEntries(params), {
      response_type: 'code',
      client_id: 'client-1',
      redirect_uri: redirectUri,
      scope: 'openid mail files',
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: createHash('sha256').update(pending.codeVerifier!).digest('base64url'),
      code_challenge_method: 'S256',
      prompt: 'consent',
    })
    assert.isAtLeast(Buffer.from(pending.state, 'base64url').length, 16)
    assert.notEqual(pending.state, begin().pending.state)
    assert.deepEqual(JSON.parse(JSON.stringify(pending)), pending)
  })

  test('a definition may leave out PKCE, rename parameters, join scopes otherwise and fill in variables', ({
    assert,
  }) => {
    const { params, pending, url } = begin(
      {
        pkce: false,
        scopes: ['a'],
        scopeSeparator: ',',
        paramNames: { client_id: 'client_key' },
        server: { authorization_endpoint: 'https://{config.site}.acme.example/authorize?v=2' },
        authorizationParams: { tenant: '{config.site}' },
        resource: 'https://api.acme.example',
      },
      { site: 'eu' }
    )
    assert.isTrue(url.startsWith('https://eu.acme.example/authorize?v=2&'))
    assert.isNull(pending.codeVerifier)
    assert.isNull(pending.nonce)
    assert.deepInclude(Object.fromEntries(params), {
      client_key: 'client-1',
      scope: 'a,mail,files',
      tenant: 'eu',
      resource: 'https://api.acme.example',
    })
    assert.isFalse(params.has('client_id') || params.has('code_challenge'))
    assert.deepEqual(pending.config, { site: 'eu' })
  })
})

test.group('Authorization: the way back', () => {
  test('a code comes through when state and issuer fit', ({ assert }) => {
    assert.containSubset(callback({ code: 'c1' }), { code: 'c1' })
    assert.containSubset(
      callback({ code: 'c1', iss: 'https://acme.example' }, { issuer: 'https://acme.example' }),
      { code: 'c1' }
    )
  })

  test('the code and what to keep are found where the definition says', ({ assert }) => {
    const definition = { codeParam: 'auth_code', metadataPaths: { realm: 'realmId' } }
    const found = callback({ auth_code: 'c1', realmId: '99' }, {}, definition)
    assert.deepEqual(found as object, { code: 'c1', metadata: { realm: '99' } })
  })

  test('a state that is missing, wrong or doubled is refused', ({ assert }) => {
    assert.containSubset(callback({ code: 'c1', state: 'other' }), { code: 'state_mismatch' })
    const begun = begin()
    const { state } = begun.pending
    for (const query of ['code=c1', `code=c1&state=${state}&state=${state}`, 'error=access_denied']) {
      const result = readCallback({ ...begun, server: {}, url: `${redirectUri}?${query}` })
      assert.containSubset(result, { ok: false, failure: { code: 'state_mismatch' } })
    }
  })

  test('another issuer is refused, and a missing one where the server promises it', ({ assert }) => {
    const server = { issuer: 'https://acme.example', authorization_response_iss_parameter_supported: true }
    assert.containSubset(callback({ code: 'c1', iss: 'https://evil.example' }, server), {
      code: 'issuer_mismatch',
    })
    assert.containSubset(callback({ code: 'c1', iss: 'https://acme.example/' }, server), {
      code: 'issuer_mismatch',
    })
    assert.containSubset(callback({ code: 'c1' }, server), { code: 'issuer_mismatch' })
    assert.containSubset(callback({ code: 'c1' }, { issuer: 'https://acme.example' }), { code: 'c1' })
  })

  test('what was begun at one provider does not end at another', ({ assert }) => {
    const { pending } = begin()
    const result = readCallback({
      provider: provider({ id: 'other' }),
      server: {},
      pending,
      url: `${redirectUri}?code=c&state=${pending.state}`,
    })
    assert.containSubset(result, { ok: false, failure: { code: 'provider_mismatch' } })
  })

  test('a declined consent has a code of its own, other errors keep theirs and their class', ({ assert }) => {
    assert.containSubset(callback({ error: 'access_denied' }), { code: 'access_denied', class: 'rejected' })
    assert.containSubset(callback({ error: 'invalid_scope', error_description: 'no\r\nway' }), {
      code: 'invalid_scope',
      class: 'configuration',
      description: 'no way',
    })
    assert.containSubset(callback({ error: 'server_error' }), { class: 'unavailable' })
    assert.containSubset(callback({}), { code: 'missing_code' })
  })
})
