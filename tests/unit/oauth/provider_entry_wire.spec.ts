/** What the fields of PROVIDERS_FILE do to the requests that leave us, and to what we read out of the answers. */
import { test } from '@japa/runner'
import { buildAddedProvider, buildProviders } from '#oauth/build_providers'
import { beginAuthorization, readCallback } from '#oauth/authorization'
import { readTokenResponse } from '#oauth/read_token_response'
import type { ProviderEntry } from '#oauth/providers_file_types'
import { Secret } from '#oauth/secret'
import {
  codeExchangeRequest,
  introspectionRequest,
  refreshRequest,
  revocationRequest,
} from '#oauth/token_endpoint'
import type { OutgoingRequest, Provider } from '#oauth/types'

const BASE: ProviderEntry = {
  authorization_endpoint: 'https://acme.example/authorize',
  token_endpoint: 'https://acme.example/token',
  client_id: 'ours',
}
const config = { site: 'nord', audience: 'api://a b' }
const metadata = { instance: 'https://eu7.acme.example' }

/** The provider that an entry makes in the file, and the one that it makes in a row. */
function bothWays(entry: ProviderEntry): [string, Provider][] {
  const input = { builtIn: [], clients: {}, allowPrivate: false, secretFromEnv: () => undefined }
  const file = { acme: { ...BASE, client_secret: 's3', ...entry } }
  const client = { client_id: 'ours', client_secret: new Secret('s3') }
  const row = { id: 'acme.0a1b2c3d', entry: { ...BASE, ...entry }, client, bases: [], allowPrivate: false }
  return [
    ['the file', buildProviders({ ...input, file })[0]],
    ['a row', buildAddedProvider(row)],
  ]
}

/** A request as it stands on the wire. */
function wire(request: OutgoingRequest | null) {
  const text = (value: string | Secret) => (typeof value === 'string' ? value : value.reveal())
  const all = (fields: Record<string, string | Secret> = {}) =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, text(value)]))
  return {
    url: request?.url,
    headers: all(request?.headers),
    format: request?.body?.format,
    fields: all(request?.body?.fields),
  }
}

const refresh = (provider: Provider) =>
  wire(
    refreshRequest({ provider, credential: new Secret('rt'), scopes: [], config, metadata }, provider.server)
  )
const exchange = (provider: Provider) => {
  const codeVerifier = provider.pkce ? 'verifier' : null
  const input = {
    provider,
    code: new Secret('c'),
    redirectUri: 'https://us/cb',
    codeVerifier,
    config,
    metadata,
  }
  return wire(codeExchangeRequest(input, provider.server))
}
const asked = (provider: Provider) => {
  const begun = beginAuthorization({
    provider,
    server: provider.server,
    redirectUri: 'https://us/cb',
    config,
  })
  const url = new URL(begun.url)
  return { url: url.origin + url.pathname, fields: Object.fromEntries(url.searchParams) }
}

const SITE = { site: { title: 'Site', pattern: '[a-z]+' }, audience: { title: 'Audience', pattern: '.+' } }
const basic = `Basic ${Buffer.from('ours:s3').toString('base64')}`

const REQUESTS: [ProviderEntry, (provider: Provider) => object, object][] = [
  [{}, refresh, { url: BASE.token_endpoint, format: 'form', headers: { authorization: basic } }],
  [{}, refresh, { fields: { grant_type: 'refresh_token', refresh_token: 'rt' } }],
  [{ client_auth: 'client_secret_post' }, refresh, { fields: { client_id: 'ours', client_secret: 's3' } }],
  [{ client_auth: 'none' }, refresh, { fields: { client_id: 'ours' } }],
  [{ body_format: 'json' }, exchange, { format: 'json' }],
  [{ refresh_endpoint: 'https://other.example/refresh' }, refresh, { url: 'https://other.example/refresh' }],
  [{ refresh_endpoint: 'https://other.example/refresh' }, exchange, { url: BASE.token_endpoint }],
  [
    { refresh_endpoint: '{metadata.instance}/t', metadata_paths: { instance: 'i' } },
    refresh,
    { url: 'https://eu7.acme.example/t' },
  ],
  [
    { token_endpoint: 'https://{config.site}.acme.example/t', config: SITE },
    refresh,
    { url: 'https://nord.acme.example/t' },
  ],
  [
    { authorization_endpoint: 'https://{config.site}.acme.example/a', config: SITE },
    asked,
    { url: 'https://nord.acme.example/a' },
  ],
  [
    { authorization_params: { audience: '{config.audience}' }, config: SITE },
    asked,
    { fields: { audience: 'api://a b' } },
  ],
  [
    { token_params: { audience: '{config.audience}' }, config: SITE },
    exchange,
    { fields: { audience: 'api://a b' } },
  ],
  [{ refresh_params: { scope: 'read' } }, refresh, { fields: { scope: 'read' } }],
  [{ token_headers: { 'X-Client': '{client_id}' } }, refresh, { headers: { 'x-client': 'ours' } }],
  [
    { param_names: { client_id: 'client_key' }, client_auth: 'client_secret_post' },
    refresh,
    { fields: { client_key: 'ours' } },
  ],
  [{ param_names: { client_id: 'client_key' } }, asked, { fields: { client_key: 'ours' } }],
  [{ scopes: ['a', 'b'], scope_separator: ',' }, asked, { fields: { scope: 'a,b' } }],
  [{ pkce: true }, asked, { fields: { code_challenge_method: 'S256' } }],
  [{ pkce: true }, exchange, { fields: { code_verifier: 'verifier' } }],
  [{ resource: 'https://api.acme.example' }, asked, { fields: { resource: 'https://api.acme.example' } }],
  [{ resource: 'https://api.acme.example' }, refresh, { fields: { resource: 'https://api.acme.example' } }],
  [
    {
      grant_type: 'client_credentials',
      scopes: ['a', 'b'],
      token_params: { audience: '{config.audience}' },
      config: SITE,
    },
    refresh,
    { fields: { grant_type: 'client_credentials', scope: 'a b', audience: 'api://a b' } },
  ],
]

const ANSWERS: [ProviderEntry, object, object][] = [
  [{ expires_in_unit: 'minutes' }, { access_token: 'at', expires_in: 60 }, { expiresIn: 3_600_000 }],
  [{ expires_in_unit: 'milliseconds' }, { access_token: 'at', expires_in: '90000' }, { expiresIn: 90_000 }],
  [
    { response_paths: { expires_at: 'd.end' } },
    { access_token: 'at', d: { end: 1_700_000_060 } },
    { expiresIn: 60_000 },
  ],
  [
    { response_paths: { refresh_token_expires_in: 'x' } },
    { access_token: 'at', x: 60 },
    { grantExpiresIn: 60_000 },
  ],
  [{ scope_separator: ';' }, { access_token: 'at', scope: 'a;b' }, { scopes: ['a', 'b'] }],
  [
    { metadata_paths: { url: 'd.0.url' } },
    { access_token: 'at', d: [{ url: 'u' }] },
    { metadata: { url: 'u' } },
  ],
]

test.group('Fields of PROVIDERS_FILE on the wire', () => {
  for (const [index, [entry, request, expected]] of REQUESTS.entries()) {
    for (const [origin, provider] of bothWays(entry)) {
      test(`${index + 1}. ${JSON.stringify(entry)} from ${origin}`, ({ assert }) => {
        assert.containSubset(request(provider), expected)
      })
    }
  }

  for (const [entry, body, expected] of ANSWERS) {
    for (const [origin, provider] of bothWays(entry)) {
      test(`${JSON.stringify(entry)} reads ${JSON.stringify(body)}, from ${origin}`, ({ assert }) => {
        const headers = new Headers({ 'content-type': 'application/json' })
        const answer = {
          ok: true,
          status: 200,
          headers,
          body: JSON.stringify(body),
          receivedAt: 1_700_000_000_000,
        } as const
        const result = readTokenResponse(provider, answer)
        assert.isTrue(result.ok)
        if (result.ok) assert.containSubset(result.tokens, expected)
      })
    }
  }

  for (const [origin, provider] of bothWays({
    response_paths: { access_token: 'data.token', refresh_token: 'data.again' },
  })) {
    test(`odd places of tokens are found, from ${origin}`, ({ assert }) => {
      const headers = new Headers({ 'content-type': 'application/json' })
      const body = JSON.stringify({ data: { token: 'at', again: 'rt' } })
      const result = readTokenResponse(provider, { ok: true, status: 200, headers, body, receivedAt: 0 })
      assert.deepEqual(
        result.ok && [result.tokens.access_token.reveal(), result.tokens.refresh_token?.reveal()],
        ['at', 'rt']
      )
    })
  }

  for (const [origin, provider] of bothWays({
    code_param: 'auth_code',
    metadata_paths: { realm: 'realmId' },
  })) {
    test(`the redirect names the code and what is kept of it, from ${origin}`, ({ assert }) => {
      const { pending } = beginAuthorization({
        provider,
        server: provider.server,
        redirectUri: 'https://us/cb',
      })
      const url = `https://us/cb?auth_code=c1&realmId=42&state=${pending.state}`
      const result = readCallback({ provider, server: provider.server, pending, url })
      assert.deepEqual(result.ok && [result.code.reveal(), result.metadata], ['c1', { realm: '42' }])
    })
  }

  for (const [origin, provider] of bothWays({
    revocation_endpoint: 'https://acme.example/revoke',
    introspection_endpoint: 'https://acme.example/introspect',
  })) {
    test(`tokens are revoked and asked about at their endpoints, from ${origin}`, ({ assert }) => {
      const query = { provider, token: new Secret('t'), hint: 'refresh_token' } as const
      const revoked = wire(revocationRequest(query, provider.server))
      const told = wire(introspectionRequest(query, provider.server))
      assert.containSubset(revoked, { url: 'https://acme.example/revoke', fields: { token: 't' } })
      assert.containSubset(told, { url: 'https://acme.example/introspect', fields: { token: 't' } })
    })
  }
})
