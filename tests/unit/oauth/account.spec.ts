import { test } from '@japa/runner'
import {
  accountRequest,
  profileEndpoint,
  readAccount,
  readIntrospection,
  standardAccount,
} from '#oauth/account'
import { sandboxProvider } from '#oauth/providers/sandbox'
import twitch from '#oauth/providers/twitch'
import { Secret } from '#oauth/secret'
import type { AccountEndpoint, Provider } from '#oauth/types'
import { answered, bare, provider } from './helpers.js'

const userinfo = { url: 'https://acme.example/me', account: standardAccount }
const asked = (made: Provider, token: string) => ({
  provider: made,
  accessToken: new Secret(token),
  accountId: null,
  config: {},
  metadata: {},
})
const read = (body: unknown, status = 200) => readAccount(provider(), userinfo, answered(status, body))

test.group('Account endpoints', () => {
  test('the access token travels in the header only', ({ assert }) => {
    const request = accountRequest(userinfo, asked(provider(), 'at-1'))
    assert.deepEqual(bare(request.headers), { accept: 'application/json', authorization: 'Bearer at-1' })
    assert.containSubset(request, { method: 'GET', url: 'https://acme.example/me' })
    assert.notInclude(JSON.stringify(request), 'at-1')
  })

  test('Twitch validates by the OAuth scheme and names the client for a profile', ({ assert }) => {
    const made = { ...twitch, client: { client_id: 'cid', client_secret: null } }
    assert.equal(bare(accountRequest(made.validation!, asked(made, 't')).headers).authorization, 'OAuth t')
    assert.equal(accountRequest(made.profile!, asked(made, 't')).headers['client-id'], 'cid')
    const validated = readAccount(made, made.validation!, answered(200, { login: 'some', user_id: '12' }))
    assert.containSubset(validated, { ok: true, account: { id: '12', username: 'some' } })
    const user = {
      id: '12',
      login: 'some',
      display_name: 'Some',
      profile_image_url: 'https://cdn.example/p.png',
    }
    assert.containSubset(readAccount(made, made.profile!, answered(200, { data: [user] })), {
      account: { id: '12', username: 'some', displayName: 'Some', avatarUrl: 'https://cdn.example/p.png' },
    })
    assert.containSubset(readAccount(made, made.profile!, answered(200, { data: [] })), {
      ok: false,
      failure: { class: 'unknown', code: 'no_account' },
    })
    const refused = answered(401, { status: 401, message: 'invalid access token' })
    assert.containSubset(readAccount(made, made.validation!, refused), {
      ok: false,
      failure: { class: 'rejected' },
    })
  })

  test('a provider with a userinfo endpoint has a profile by the standard claims', ({ assert }) => {
    assert.isNull(profileEndpoint(provider(), {}))
    const endpoint = profileEndpoint(provider(), { userinfo_endpoint: 'https://acme.example/me' })!
    const claims = { sub: 's1', preferred_username: 'ann', name: 'Ann', picture: 'https://cdn.example/a.png' }
    assert.deepEqual(endpoint.account(claims), {
      id: 's1',
      username: 'ann',
      displayName: 'Ann',
      avatarUrl: 'https://cdn.example/a.png',
    })
  })

  test('the sandbox keeps rotating strictly and tells who an account is', ({ assert }) => {
    const made = sandboxProvider({ port: 4400, clientId: 'c', clientSecret: 's' })
    assert.equal(made.server.token_endpoint, 'http://127.0.0.1:4400/token')
    assert.containSubset(made.refresh, {
      rotation: 'always',
      reuse: 'strict',
      strikeRetry: 30_000,
      strikeSpacing: 5_000,
    })
    const result = readAccount(
      made,
      made.profile!,
      answered(200, { sub: 'u1', preferred_username: 'ann', name: 'Ann' })
    )
    assert.containSubset(result, { account: { id: 'u1', username: 'ann', displayName: 'Ann' } })
  })

  test('hostile text is cut, cleaned or dropped', ({ assert }) => {
    const result = read({
      sub: '1',
      name: `a\u0000b\r\n\u202e${'x'.repeat(400)}`,
      picture: 'javascript:alert(1)',
    })
    if (!result.ok || !result.account) throw new Error('Expected an account')
    assert.equal(result.account.displayName!.length, 255)
    assert.notMatch(result.account.displayName!, /[\p{Cc}\u202e]/u)
    assert.isUndefined(result.account.avatarUrl)
    assert.containSubset(read({ sub: '1', picture: 'http://x.example/a.png' }), {
      account: { avatarUrl: undefined },
    })
  })

  test('an answer that names nobody proves the token where none is promised', ({ assert }) => {
    assert.containSubset(read({ active: true }), { ok: true, account: null })
  })

  test('failures keep their class, and nothing is in doubt where nothing is spent', ({ assert }) => {
    assert.containSubset(read({ error: 'invalid_token' }, 401), {
      failure: { class: 'rejected', code: 'invalid_token' },
    })
    assert.containSubset(read('', 429), { failure: { class: 'rate_limited' } })
    assert.containSubset(read('<html>', 502), { failure: { class: 'unavailable' } })
    assert.containSubset(read('{}', 302), { failure: { class: 'configuration' } })
  })

  test('an endpoint with a request of its own builds all of it', ({ assert }) => {
    const endpoint: AccountEndpoint = {
      url: 'https://acme.example/debug',
      request: ({ accessToken, accountId, config }) => ({
        method: 'POST',
        url: `https://${config.shop}.example/debug/${accountId}`,
        headers: {},
        body: { format: 'json', fields: { input_token: accessToken } },
      }),
      account: standardAccount,
    }
    const input = { ...asked(provider(), 'at-1'), accountId: '7', config: { shop: 'blue' } }
    const request = accountRequest(endpoint, input)
    assert.containSubset(request, { method: 'POST', url: 'https://blue.example/debug/7', headers: {} })
    assert.deepEqual(bare(request.body!.fields), { input_token: 'at-1' })
  })

  test('a verdict on a 2xx answer is a failure of its class and code', ({ assert }) => {
    const endpoint: AccountEndpoint = {
      ...userinfo,
      verdict: (body) =>
        body.is_suspended === true
          ? { class: 'suspended', code: 'is_suspended', description: 'until at-1234567890 ends' }
          : null,
    }
    const judge = (body: unknown, status = 200) =>
      readAccount(provider(), endpoint, answered(status, body), [new Secret('at-1234567890')])
    const told = judge({ sub: '1', is_suspended: true })
    if (told.ok) throw new Error('Expected a failure')
    assert.containSubset(told.failure, { class: 'suspended', code: 'is_suspended', status: 200 })
    assert.notMatch(told.failure.description!, /at-1234567890/)
    assert.containSubset(judge({ sub: '1', is_suspended: false }), { ok: true, account: { id: '1' } })
    assert.containSubset(judge({ sub: '1', is_suspended: true }, 401), { failure: { class: 'rejected' } })
  })

  test('a verdict that throws speaks against nobody', ({ assert }) => {
    const endpoint: AccountEndpoint = {
      ...userinfo,
      verdict: (body) => (body.data as { dead: boolean }).dead as never,
    }
    const result = readAccount(provider(), endpoint, answered(200, { sub: '1' }))
    assert.containSubset(result, { ok: true, account: { id: '1' } })
  })

  test('an answer may tell for which client the token was issued', ({ assert }) => {
    const endpoint: AccountEndpoint = {
      ...userinfo,
      account: (body) => ({ id: '1', clientId: body.client_id as string }),
    }
    const told = readAccount(provider(), endpoint, answered(200, { client_id: 'other' }))
    assert.containSubset(told, { ok: true, account: { id: '1', clientId: 'other' } })
  })

  test('introspection tells a live token from a dead one, and from a refused client', ({ assert }) => {
    assert.containSubset(readIntrospection(provider(), answered(200, { active: true, sub: 's' })), {
      account: { id: 's' },
    })
    assert.containSubset(readIntrospection(provider(), answered(200, { active: false })), {
      failure: { class: 'rejected', code: 'inactive_token' },
    })
    assert.containSubset(readIntrospection(provider(), answered(401, '')), {
      failure: { class: 'configuration' },
    })
  })
})
