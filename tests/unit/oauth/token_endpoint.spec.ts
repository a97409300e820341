import { test } from '@japa/runner'
import type { ProviderInput } from '#oauth/define_provider'
import { Secret } from '#oauth/secret'
import { configProblems, RequestError } from '#oauth/template'
import { clientCredentialsRequest, codeExchangeRequest, introspectionRequest } from '#oauth/token_endpoint'
import { refreshRequest, revocationRequest } from '#oauth/token_endpoint'
import twitch from '#oauth/providers/twitch'
import type { Provider, RefreshInput } from '#oauth/types'
import { bare, fieldsOf, provider } from './helpers.js'

const SERVER = { token_endpoint: 'https://acme.example/token' }

function refresh(definition: Partial<ProviderInput> = {}, input: Partial<RefreshInput> = {}) {
  const made = provider(definition)
  const credential = new Secret('rt-1')
  return refreshRequest(
    { provider: made, credential, scopes: [], config: {}, metadata: {}, ...input },
    made.server
  )
}

function failureOf(build: () => unknown) {
  try {
    build()
  } catch (error) {
    if (error instanceof RequestError) return error.failure
    throw error
  }
  throw new Error('Nothing was thrown')
}

test.group('Token endpoint: the refresh', () => {
  test('by default it is a form with Basic authentication and without scope', ({ assert }) => {
    const request = refresh()
    assert.containSubset(request, {
      method: 'POST',
      url: 'https://acme.example/token',
      body: { format: 'form' },
    })
    assert.deepEqual(fieldsOf(request), { grant_type: 'refresh_token', refresh_token: 'rt-1' })
    assert.equal(bare(request.headers).authorization, `Basic ${btoa('client-1:s3cret')}`)
    assert.equal(request.headers.accept, 'application/json')
  })

  test('no secret shows when a request is printed', ({ assert }) => {
    const printed = JSON.stringify(refresh({ clientAuth: 'client_secret_post' }))
    assert.notMatch(printed, /s3cret|rt-1/)
  })

  test('Basic encodes id and secret as a form does before joining them', ({ assert }) => {
    const client = { client_id: 'a:b c', client_secret: new Secret('p%&+é~') }
    const header = bare(refresh({ client }).headers).authorization
    assert.equal(atob(header.slice(6)), 'a%3Ab+c:p%25%26%2B%C3%A9%7E')
  })

  test('post puts id and secret into the body; none puts the id alone', ({ assert }) => {
    assert.containSubset(fieldsOf(refresh({ clientAuth: 'client_secret_post' })), {
      client_id: 'client-1',
      client_secret: 's3cret',
    })
    assert.deepEqual(Object.keys(fieldsOf(refresh({ clientAuth: 'none' }))), [
      'grant_type',
      'refresh_token',
      'client_id',
    ])
  })

  test('a client without a secret sends an empty password with Basic', ({ assert }) => {
    const request = refresh({
      client: { client_id: 'app', client_secret: null },
      clientAuth: 'client_secret_basic',
    })
    assert.equal(bare(request.headers).authorization, `Basic ${btoa('app:')}`)
  })

  test('metadata chooses the authentication where the definition leaves it open, and only there', ({
    assert,
  }) => {
    const server = { ...SERVER, token_endpoint_auth_methods_supported: ['client_secret_post'] }
    assert.property(fieldsOf(refresh({ server })), 'client_secret')
    assert.notProperty(fieldsOf(refresh({ server, clientAuth: 'client_secret_basic' })), 'client_secret')
  })

  test('Twitch gets id and secret in the form', ({ assert }) => {
    const client = { client_id: 'cid', client_secret: new Secret('cs') }
    const made: Provider = { ...twitch, client }
    const input = { provider: made, credential: new Secret('rt'), scopes: [], config: {}, metadata: {} }
    assert.deepEqual(fieldsOf(refreshRequest(input, made.server)), {
      grant_type: 'refresh_token',
      refresh_token: 'rt',
      client_id: 'cid',
      client_secret: 'cs',
    })
  })

  test('a definition may replace the whole request', ({ assert }) => {
    const own = { method: 'GET' as const, url: 'https://acme.example/exchange', headers: {} }
    assert.deepEqual(refresh({ refreshRequest: () => own }), own)
  })

  test('what is missing is a configuration failure, before anything is sent', ({ assert }) => {
    assert.containSubset(
      failureOf(() => refresh({ client: null })),
      { class: 'configuration', code: 'no_client' }
    )
    assert.equal(failureOf(() => refresh({ server: {} })).code, 'no_token_endpoint')
    const server = { token_endpoint: 'https://{config.site}.acme.example/token' }
    assert.equal(failureOf(() => refresh({ server })).code, 'missing_variable')
  })
})

test.group('Token endpoint: variables', () => {
  const config = { site: { title: 'Subdomain', pattern: '[a-z0-9-]+' } }
  const server = { token_endpoint: 'https://{config.site}.acme.example/token' }

  test('they fill endpoints, parameters and headers', ({ assert }) => {
    const request = refresh(
      {
        config,
        server,
        refreshParams: { audience: '{metadata.org}/{client_id}' },
        tokenHeaders: { 'X-Site': '{config.site}' },
      },
      { config: { site: 'eu-1' }, metadata: { org: 'o 1' } }
    )
    assert.equal(request.url, 'https://eu-1.acme.example/token')
    assert.equal(fieldsOf(request).audience, 'o 1/client-1')
    assert.equal(request.headers['x-site'], 'eu-1')
  })

  test('a value can neither break its pattern nor bring a host, path or query of its own', ({ assert }) => {
    const code = (site: string, definition = { config, server } as Partial<ProviderInput>) =>
      failureOf(() => refresh(definition, { config: { site } })).code
    assert.equal(code('evil.example/'), 'invalid_variable')
    assert.equal(code('ok\n'), 'invalid_variable')
    assert.equal(code('evil.example/?', { server }), 'invalid_endpoint')
    const path = refresh(
      { server: { token_endpoint: 'https://acme.example/{config.site}/token' } },
      { config: { site: '../x?y#z' } }
    )
    assert.equal(path.url, 'https://acme.example/..%2Fx%3Fy%23z/token')
  })

  test('an endpoint that begins with a variable takes a base URL, and https only', ({ assert }) => {
    const based = { server: { token_endpoint: '{metadata.instance}/token' } }
    assert.equal(
      refresh(based, { metadata: { instance: 'https://eu.acme.example/' } }).url,
      'https://eu.acme.example/token'
    )
    for (const instance of [
      'http://eu.acme.example',
      'eu.acme.example',
      'https://u:p@evil.example',
      'javascript:1',
    ]) {
      assert.equal(failureOf(() => refresh(based, { metadata: { instance } })).code, 'invalid_variable')
    }
  })

  test('variables are judged before they are stored', ({ assert }) => {
    const made = provider({ config })
    assert.deepEqual(configProblems(made, { site: 'eu' }), [])
    assert.lengthOf(configProblems(made, {}), 1)
    assert.lengthOf(configProblems(made, { site: 'EU!' }), 1)
  })
})

test.group('Token endpoint: other requests', () => {
  const base = { code: new Secret('c1'), redirectUri: 'https://app.example/callback' }

  test('the code exchange sends code, redirect and verifier', ({ assert }) => {
    const made = provider({ tokenParams: { audience: 'api' }, resource: 'https://api.acme.example' })
    const request = codeExchangeRequest({ provider: made, ...base, codeVerifier: 'v1' }, SERVER)
    assert.deepEqual(fieldsOf(request), {
      grant_type: 'authorization_code',
      code: 'c1',
      redirect_uri: 'https://app.example/callback',
      code_verifier: 'v1',
      resource: 'https://api.acme.example',
      audience: 'api',
    })
    assert.notProperty(
      fieldsOf(codeExchangeRequest({ provider: made, ...base, codeVerifier: null }, SERVER)),
      'code_verifier'
    )
  })

  test('client credentials ask for scopes and need no refresh token', ({ assert }) => {
    const made = provider({ grantType: 'client_credentials', scopes: ['a', 'b'], scopeSeparator: ',' })
    const expected = { grant_type: 'client_credentials', scope: 'a,b' }
    assert.deepEqual(fieldsOf(clientCredentialsRequest({ provider: made, scopes: [] }, SERVER)), expected)
    const input = { provider: made, credential: new Secret(''), scopes: [], config: {}, metadata: {} }
    assert.deepEqual(fieldsOf(refreshRequest(input, SERVER)), expected)
  })

  test('revocation and introspection name the token and its kind, where there is an endpoint', ({
    assert,
  }) => {
    const made = provider()
    const input = { provider: made, token: new Secret('rt'), hint: 'refresh_token' as const }
    assert.isNull(revocationRequest(input, SERVER))
    assert.isNull(introspectionRequest(input, SERVER))
    const server = {
      revocation_endpoint: 'https://acme.example/revoke',
      introspection_endpoint: 'https://acme.example/ask',
    }
    for (const request of [revocationRequest(input, server), introspectionRequest(input, server)]) {
      assert.deepEqual(fieldsOf(request!), { token: 'rt', token_type_hint: 'refresh_token' })
      assert.property(request!.headers, 'authorization')
    }
    assert.equal(revocationRequest(input, server)?.url, server.revocation_endpoint)
  })
})
