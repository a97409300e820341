import { test } from '@japa/runner'
import { toWire } from '#oauth/outgoing'
import {
  clientMetadataDocument,
  clientSource,
  readRegistration,
  registrationAuthMethod,
  registrationRequest,
  type ClientDescription,
} from '#oauth/registration'
import type { AuthorizationServer, ClientAuthMethod, Exchange } from '#oauth/types'
import { answered, NOW } from './helpers.js'

const ENDPOINT = 'https://auth.example.com/register'
const OURS: ClientDescription = {
  name: 'Evergrant',
  uri: 'https://ours.example',
  redirectUri: 'https://ours.example/connect/mcp-files/callback',
  authMethod: 'client_secret_basic',
}
const ANSWER = {
  client_id: 'c-1',
  client_secret: 'a-secret-of-the-server',
  client_secret_expires_at: 0,
  redirect_uris: [OURS.redirectUri],
}

test.group('Where a client id comes from', () => {
  const server = (changes: AuthorizationServer): AuthorizationServer => ({
    registration_endpoint: ENDPOINT,
    client_id_metadata_document_supported: true,
    ...changes,
  })
  const url = 'https://ours.example/client.json'
  const given = { client_id: 'by-hand', client_secret: null }

  test('by hand, then a document, then dynamic registration, then a person', ({ assert }) => {
    assert.equal(clientSource(server({}), given, url), 'given')
    assert.equal(clientSource(server({}), null, url), 'metadata_document')
    assert.equal(clientSource(server({}), null, null), 'dynamic')
    const silent = server({ client_id_metadata_document_supported: undefined })
    assert.equal(clientSource(silent, null, url), 'dynamic')
    assert.equal(clientSource({ ...silent, registration_endpoint: undefined }, null, url), 'ask')
  })

  test('our document names itself, one redirect URL and no secret', ({ assert }) => {
    assert.deepEqual(clientMetadataDocument(url, OURS), {
      client_id: url,
      client_name: 'Evergrant',
      client_uri: 'https://ours.example',
      redirect_uris: [OURS.redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    })
  })
})

test.group('Registering a client', () => {
  test('the method is one that the server lists, with a secret where it can be', ({ assert }) => {
    const method = (...supported: string[]): ClientAuthMethod =>
      registrationAuthMethod({ token_endpoint_auth_methods_supported: supported })
    assert.equal(registrationAuthMethod({}), 'client_secret_basic')
    assert.equal(method('none', 'client_secret_basic'), 'client_secret_basic')
    assert.equal(method('none', 'client_secret_post'), 'client_secret_post')
    assert.equal(method('private_key_jwt', 'none'), 'none')
    assert.equal(method('private_key_jwt'), 'none')
  })

  test('the request is JSON with lists, and asks for the refresh grant', ({ assert }) => {
    const wire = toWire(registrationRequest(ENDPOINT, OURS), 'agent')
    assert.equal(wire.url.href, ENDPOINT)
    assert.equal(wire.headers['content-type'], 'application/json')
    assert.deepEqual(JSON.parse(wire.body ?? ''), {
      client_name: 'Evergrant',
      client_uri: 'https://ours.example',
      token_endpoint_auth_method: 'client_secret_basic',
      redirect_uris: [OURS.redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    })
  })
})

test.group('The answer to a registration', () => {
  const read = (body: unknown, status = 201, described = OURS) => {
    const result = readRegistration(described, answered(status, body), false)
    return result.ok ? result.registered : `${result.failure.class} ${result.failure.code}`
  }

  test('holds the client, its secret and the end of that secret in seconds', ({ assert }) => {
    const registered = read({ ...ANSWER, client_secret_expires_at: 1_800_000_000 })
    assert.containSubset(registered, {
      client: { client_id: 'c-1' },
      authMethod: 'client_secret_basic',
      secretExpiresAt: 1_800_000_000_000,
      management: null,
    })
    if (typeof registered === 'string') throw new Error(registered)
    assert.equal(registered.client.client_secret?.reveal(), ANSWER.client_secret)
    assert.notInclude(JSON.stringify(registered), ANSWER.client_secret)
  })

  test('an end of 0, a missing one and one that is no time mean never', ({ assert }) => {
    for (const end of [0, '0', undefined, null, 'soon', -5, 1e30, {}]) {
      assert.containSubset(read({ ...ANSWER, client_secret_expires_at: end }), { secretExpiresAt: null })
    }
  })

  test('without a secret the client is public, whatever was proposed', ({ assert }) => {
    const registered = read({ client_id: 'c-1' })
    assert.containSubset(registered, { authMethod: 'none', client: { client_secret: null } })
  })

  test('a method that the server puts in place of ours holds, if we know it', ({ assert }) => {
    const named = (method: string) => read({ ...ANSWER, token_endpoint_auth_method: method })
    assert.containSubset(named('client_secret_post'), { authMethod: 'client_secret_post' })
    assert.containSubset(named('none'), { authMethod: 'none', client: { client_secret: null } })
    assert.equal(named('private_key_jwt'), 'configuration unsupported_client_auth')
    const bare = { client_id: 'c-1', token_endpoint_auth_method: 'client_secret_basic' }
    assert.equal(read(bare), 'configuration unsupported_client_auth')
  })

  test('what manages the registration is kept, unless its address is not public', ({ assert }) => {
    const management = (uri: string) => {
      const registered = read({ ...ANSWER, registration_client_uri: uri, registration_access_token: 'rat' })
      return typeof registered === 'string' ? registered : registered.management?.uri
    }
    assert.equal(management(`${ENDPOINT}/c-1`), `${ENDPOINT}/c-1`)
    for (const uri of ['http://auth.example.com/x', 'https://10.0.0.1/x', 'nonsense'])
      assert.isUndefined(management(uri))
  })

  test('codes that would go to another redirect URL refuse the registration', ({ assert }) => {
    const redirectUris = ['https://evil.example/callback']
    assert.equal(read({ ...ANSWER, redirect_uris: redirectUris }), 'configuration redirect_uri_replaced')
  })

  test('refusals are values with the server’s code', ({ assert }) => {
    assert.equal(read({ error: 'invalid_redirect_uri' }, 400), 'configuration invalid_redirect_uri')
    assert.equal(read({ error: 'invalid_client_metadata' }, 400), 'configuration invalid_client_metadata')
    assert.equal(read('', 401), 'configuration http_401')
    assert.equal(read('<html>', 403), 'configuration http_403')
    assert.equal(read('', 307), 'configuration http_307')
    assert.equal(read({}, 429), 'rate_limited http_429')
    assert.equal(read('', 503), 'unavailable http_503')
    const lost: Exchange = { ok: false, sent: true, code: 'timeout', description: null, receivedAt: NOW }
    const result = readRegistration(OURS, lost, false)
    assert.containSubset(result, { ok: false, failure: { class: 'not_sent', code: 'timeout' } })
  })

  test('hostile answers yield no client', ({ assert }) => {
    const ids = ['', ' \n', 'a\r\nb', 'é', 7, null, undefined, {}, ['c'], 'x'.repeat(5_000)]
    for (const id of ids) assert.equal(read({ ...ANSWER, client_id: id }), 'configuration no_client_id')
    for (const body of ['[]', 'null', '"c-1"', '<html>', '']) {
      assert.equal(read(body), 'configuration no_client_id')
    }
  })
})
