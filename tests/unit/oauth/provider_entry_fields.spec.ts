import { test } from '@japa/runner'
import { buildProviders } from '#oauth/build_providers'
import type { ProviderEntry } from '#oauth/providers_file_types'

/** The provider that an entry of the file makes, on top of the least that works. */
function acme(entry: ProviderEntry) {
  const file = { acme: { token_endpoint: 'https://acme.example/t', client_id: 'c', ...entry } }
  const secretFromEnv = (name: string) => (name === 'ACME_SECRET' ? 'from-env' : undefined)
  return buildProviders({ builtIn: [], clients: {}, allowPrivate: false, secretFromEnv, file })[0]
}

const EFFECTS: [ProviderEntry, object][] = [
  [{ name: 'Acme Inc' }, { name: 'Acme Inc' }],
  [{ docs: 'https://acme.example/docs' }, { docs: 'https://acme.example/docs' }],
  [
    { issuer: 'https://acme.example' },
    { server: { issuer: 'https://acme.example', token_endpoint: 'https://acme.example/t' } },
  ],
  [
    { authorization_endpoint: 'https://a.example/a' },
    { server: { authorization_endpoint: 'https://a.example/a' } },
  ],
  [
    { revocation_endpoint: 'https://a.example/r' },
    { server: { revocation_endpoint: 'https://a.example/r' } },
  ],
  [{ userinfo_endpoint: 'https://a.example/u' }, { server: { userinfo_endpoint: 'https://a.example/u' } }],
  [
    { introspection_endpoint: 'https://a.example/i' },
    { server: { introspection_endpoint: 'https://a.example/i' } },
  ],
  [{ validation_endpoint: 'https://a.example/v' }, { validation: { url: 'https://a.example/v' } }],
  [{ client_id: 'mine' }, { client: { client_id: 'mine' } }],
  [{ grant_type: 'client_credentials' }, { grantType: 'client_credentials' }],
  [
    { client_auth: 'client_secret_post' },
    { clientAuth: 'client_secret_post', clientAuthFromMetadata: false },
  ],
  [{ pkce: false }, { pkce: false }],
  [{ scopes: ['a', 'b'] }, { scopes: ['a', 'b'] }],
  [{ scope_separator: ',' }, { scopeSeparator: ',' }],
  [{ body_format: 'json' }, { bodyFormat: 'json' }],
  [{ authorization_params: { a: '1' } }, { authorizationParams: { a: '1' } }],
  [{ token_params: { a: '1' } }, { tokenParams: { a: '1' } }],
  [{ refresh_params: { a: '1' } }, { refreshParams: { a: '1' } }],
  [{ refresh_endpoint: 'https://a.example/rt' }, { refreshEndpoint: 'https://a.example/rt' }],
  [{ code_param: 'auth_code' }, { codeParam: 'auth_code' }],
  [{ token_headers: { 'x-a': '1' } }, { tokenHeaders: { 'x-a': '1' } }],
  [{ param_names: { client_id: 'key' } }, { paramNames: { client_id: 'key' } }],
  [
    { config: { site: { title: 'Site' } } },
    { config: { site: { title: 'Site', pattern: '[A-Za-z0-9._-]+' } } },
  ],
  [{ metadata_paths: { url: 'instance' } }, { metadataPaths: { url: 'instance' } }],
  [{ response_paths: { access_token: 'd.t' } }, { responsePaths: { access_token: 'd.t' } }],
  [{ expires_in_unit: 'minutes' }, { expiresInUnit: 'minutes' }],
  [{ assumed_lifetime: 90 }, { refresh: { assumedLifetime: 90_000 } }],
  [{ assumed_lifetime: null }, { refresh: { assumedLifetime: null } }],
  [{ grant_lifetime: '180d' }, { refresh: { grantLifetime: 15_552_000_000 } }],
  [{ margin: '90s' }, { refresh: { margin: 90_000 } }],
  [{ rotation: 'always' }, { refresh: { rotation: 'always' } }],
  [{ reuse: 'grace', reuse_grace: '30s' }, { refresh: { reuse: 'grace', reuseGrace: 30_000 } }],
  [{ strikes: 1 }, { refresh: { strikes: 1 } }],
  [{ keep_alive: 'while_authorized' }, { refresh: { keepAlive: 'while_authorized' } }],
  [{ schedule: ['0 * * * *'] }, { schedule: ['0 * * * *'] }],
  [{ rate_limit: { per_second: 5 } }, { rateLimit: { perSecond: 5, concurrency: null } }],
  [{ resource: 'https://api.acme.example' }, { resource: 'https://api.acme.example' }],
]

test.group('Providers of an installation: fields of the file', () => {
  for (const [entry, expected] of EFFECTS) {
    test(`${Object.keys(entry).join(' with ')} has its effect: ${JSON.stringify(entry)}`, ({ assert }) => {
      assert.containSubset(acme(entry), expected)
    })
  }

  test('the secret comes from the file or from the environment', ({ assert }) => {
    assert.equal(acme({ client_secret: 's' }).client?.client_secret?.reveal(), 's')
    assert.equal(acme({ client_secret_env: 'ACME_SECRET' }).client?.client_secret?.reveal(), 'from-env')
  })

  test('a client without a secret proves itself by its id alone, unless told otherwise', ({ assert }) => {
    assert.equal(acme({}).clientAuth, 'none')
    assert.equal(acme({ client_auth: 'client_secret_basic' }).clientAuth, 'client_secret_basic')
    assert.equal(acme({ client_secret: 's' }).clientAuth, 'client_secret_basic')
  })
})
