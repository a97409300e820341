/**
 * The facts that definitions state about time, rotation and consent, and what follows from them.
 */
import { test } from '@japa/runner'
import { beginAuthorization } from '#oauth/authorization'
import { buildProviders } from '#oauth/build_providers'
import { clientAuthMethod } from '#oauth/client_authentication'
import { BUILT_IN_PROVIDERS, builtInProviders } from '#oauth/providers/built_in'
import mcp from '#oauth/providers/mcp'
import { readTokenResponse } from '#oauth/read_token_response'
import { Secret } from '#oauth/secret'
import type { ReuseClass } from '#oauth/types'
import { connectionHealth } from '#services/connection_health'
import { grantFromAnswer } from '#services/grant'
import { hasIcon } from '#services/icon_set'
import { hasRefreshPath } from '#services/refresh_path'
import { answered, NOW } from '../helpers.js'
import { builtIn, IDS } from './helpers.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR

type Facts = [
  margin: number,
  assumed: number | null,
  grant: number | null,
  rotation: 'never' | 'may' | 'always',
  reuse: ReuseClass,
]

const SHORT = HOUR / 12
const GOOGLE: Facts = [SHORT, HOUR, 180 * DAY, 'never', 'static']
const SLACK: Facts = [SHORT, null, null, 'always', 'strict']

const FACTS: Record<string, Facts> = {
  twitch: [HOUR, 4 * HOUR, null, 'may', 'unknown'],
  x: [HOUR, 2 * HOUR, null, 'always', 'strict'],
  spotify: [SHORT, HOUR, 180 * DAY, 'may', 'unknown'],
  discord: [SHORT, 7 * DAY, null, 'always', 'strict'],
  google: GOOGLE,
  youtube: GOOGLE,
  gmail: GOOGLE,
  google_calendar: GOOGLE,
  github: [SHORT, null, null, 'always', 'strict'],
  meta: [7 * DAY, 60 * DAY, 60 * DAY, 'may', 'static'],
  meta_page: [SHORT, null, null, 'may', 'static'],
  instagram: [7 * DAY, 60 * DAY, null, 'may', 'unknown'],
  linkedin: [SHORT, 60 * DAY, 365 * DAY, 'never', 'static'],
  reddit: [SHORT, HOUR, null, 'may', 'unknown'],
  slack: SLACK,
  slack_user: SLACK,
  notion: [SHORT, null, null, 'always', 'unknown'],
}

function authorizationUrl(id: string): Record<string, string> {
  const provider = builtIn(id)
  const redirectUri = 'https://app.example/callback'
  const { url } = beginAuthorization({ provider, server: provider.server, redirectUri })
  return Object.fromEntries(new URL(url).searchParams)
}

test.group('Built-in providers', () => {
  test('each fact about time and rotation is as documented', ({ assert }) => {
    const facts = IDS.map((id) => {
      const { margin, assumedLifetime, grantLifetime, rotation, reuse } = builtIn(id).refresh
      return [id, [margin, assumedLifetime, grantLifetime, rotation, reuse]]
    })
    assert.deepEqual(Object.fromEntries(facts), FACTS)
  })

  test('each says where its facts come from, when they were checked, and has a look', ({ assert }) => {
    for (const { id, docs, console, checkedOn, quirks, icon } of BUILT_IN_PROVIDERS) {
      assert.match(docs ?? '', /^https:/, id)
      assert.match(console ?? '', /^https:/, id)
      assert.equal(checkedOn, '2026-11-21', id)
      assert.isNotEmpty(quirks, id)
      for (const quirk of quirks) assert.match(quirk, /^[A-Z0-9].*\.$/, id)
      assert.isTrue(hasIcon(icon ?? `brand-${id}`), `${id} has no icon`)
    }
  })

  test('faces of one client share its gate and its registration', ({ assert }) => {
    const client = { client_id: 'g', client_secret: null }
    const built = buildProviders({
      builtIn: BUILT_IN_PROVIDERS,
      clients: { google: client, slack: client, meta: client },
      file: null,
      allowPrivate: false,
      secretFromEnv: () => undefined,
    })
    assert.deepEqual(
      built.filter((provider) => provider.client !== null).map(({ id, gate }) => [id, gate]),
      [
        ['google', 'google'],
        ['youtube', 'google'],
        ['gmail', 'google'],
        ['google_calendar', 'google'],
        ['meta', 'meta'],
        ['meta_page', 'meta'],
        ['slack', 'slack'],
        ['slack_user', 'slack'],
      ]
    )
  })

  test("X's consumer and the version of the Graph API come from outside", ({ assert }) => {
    const consumer = { client_id: 'ck', client_secret: new Secret('cs') }
    const [x, meta] = ['x', 'meta'].map((id) =>
      builtInProviders({ graphVersion: 'v99.0', xConsumer: consumer }).find((provider) => provider.id === id)
    )
    assert.equal(x?.oauth1?.consumer?.client_id, 'ck')
    assert.match(x?.oauth1?.validation.url ?? '', /^https:\/\/api\.x\.com\/2\/users\/me/)
    assert.include(meta?.server.token_endpoint ?? '', '/v99.0/')
    assert.isNull(BUILT_IN_PROVIDERS.find(({ id }) => id === 'x')?.oauth1?.consumer ?? null)
  })
})

test.group('Built-in providers | consent', () => {
  const wanted: [id: string, params: Record<string, string>][] = [
    ['twitch', { scope: 'user:read:email' }],
    ['x', { scope: 'tweet.read users.read offline.access', code_challenge_method: 'S256' }],
    ['spotify', { scope: 'user-read-private', code_challenge_method: 'S256' }],
    ['discord', { scope: 'identify' }],
    ['google', { scope: 'openid email profile', access_type: 'offline', prompt: 'consent' }],
    ['youtube', { scope: 'https://www.googleapis.com/auth/youtube.readonly', access_type: 'offline' }],
    [
      'gmail',
      { scope: 'openid email profile https://www.googleapis.com/auth/gmail.readonly', prompt: 'consent' },
    ],
    [
      'google_calendar',
      { scope: 'openid email profile https://www.googleapis.com/auth/calendar.readonly', prompt: 'consent' },
    ],
    ['github', { scope: 'read:user' }],
    ['meta', { scope: 'public_profile,pages_show_list,pages_read_engagement' }],
    ['instagram', { scope: 'instagram_business_basic' }],
    ['linkedin', { scope: 'openid profile email' }],
    ['reddit', { scope: 'identity', duration: 'permanent' }],
    ['slack', { scope: 'users:read' }],
    ['slack_user', { user_scope: 'users:read' }],
    ['notion', { owner: 'user' }],
  ]
  for (const [id, params] of wanted) {
    test(`${id}: the consent asks for what a refresh and a profile need`, ({ assert }) => {
      assert.containSubset(authorizationUrl(id), { ...params, response_type: 'code', client_id: 'cid' })
    })
  }

  test('only who knows PKCE is sent a challenge, and only who has scopes is sent some', ({ assert }) => {
    const challenged = wanted.map(([id]) => id).filter((id) => 'code_challenge' in authorizationUrl(id))
    const google = ['google', 'youtube', 'gmail', 'google_calendar']
    assert.sameMembers(challenged, ['x', 'spotify', 'discord', ...google, 'github'])
    assert.notProperty(authorizationUrl('notion'), 'scope')
    assert.notProperty(authorizationUrl('slack_user'), 'scope')
  })
})

test.group('Built-in providers | tokens without an end', () => {
  const grant = (id: string, body: object) => {
    const provider = builtIn(id)
    const result = readTokenResponse(provider, answered(200, body))
    if (!result.ok) throw new Error(result.failure.code)
    const { tokens, receivedAt } = result
    return grantFromAnswer({ provider, tokens, receivedAt, requestedScopes: [], config: {}, metadata: {} })
  }

  for (const [id, body] of [
    ['github', { access_token: 'gho_1', token_type: 'bearer', scope: 'repo' }],
    ['slack', { ok: true, access_token: 'xoxb-1', scope: 'users:read' }],
    ['notion', { access_token: 'ntn_1', refresh_token: 'nrt_1' }],
  ] as const) {
    test(`${id}: an answer without a lifetime is not given one`, ({ assert }) => {
      const { expiresAt, expirySource, grantExpiresAt } = grant(id, body)
      assert.deepEqual([expiresAt, expirySource, grantExpiresAt], [null, 'never', null])
    })
  }

  test("github: only a GitHub App's connection can be refreshed", ({ assert }) => {
    const github = builtIn('github')
    assert.isFalse(hasRefreshPath(github, { tokenType: 'oauth2', hasRefreshToken: false }))
    assert.isTrue(hasRefreshPath(github, { tokenType: 'oauth2', hasRefreshToken: true }))
    const health = (hasRefreshToken: boolean) => {
      const nothing = { pausedAt: null, leaseUntil: null, tokenRefreshFailedAt: null, openAttempts: 0 }
      const noEnd = { nextRefreshAt: null, tokenExpiresAt: null, tokenSince: null, statusReason: null }
      const alone = { derived: false, parentNeedsPerson: false }
      const row = {
        ...nothing,
        ...noEnd,
        ...alone,
        provider: github.id,
        status: 'connected',
        isActive: true,
      } as const
      const { margin, supported } = github.refresh
      const facts = { supported, margin, needsRefreshToken: github.refreshRequest === null, paused: false }
      return connectionHealth({ ...row, tokenType: 'oauth2', hasRefreshToken }, facts, NOW)
    }
    assert.deepEqual([health(false), health(true)], ['static', 'healthy'])
    const app = grant('github', {
      access_token: 'ghu_1',
      refresh_token: 'ghr_1',
      expires_in: 28_800,
      refresh_token_expires_in: 15_811_200,
    })
    assert.deepEqual(
      [app.expiresAt, app.expirySource, app.grantExpiresAt],
      [NOW + 8 * HOUR, 'provider', NOW + 183 * DAY]
    )
  })
})

test.group('The base of MCP servers', () => {
  const secret = { client_id: 'cid', client_secret: new Secret('s') }
  const bare = { client_id: 'cid', client_secret: null }

  test('is a public client with PKCE that takes every server for strict, and names no endpoint', ({
    assert,
  }) => {
    assert.isTrue(mcp.pkce)
    assert.equal(mcp.refresh.reuse, 'strict')
    assert.deepEqual(mcp.server, {})
    assert.equal(clientAuthMethod({ ...mcp, client: bare }), 'none')
  })

  test('a client that got a secret proves it, as the metadata says or by RFC 8414 in a Basic header', ({
    assert,
  }) => {
    const method = (supported?: string[]) =>
      clientAuthMethod({ ...mcp, client: secret }, { token_endpoint_auth_methods_supported: supported })
    assert.equal(method(), 'client_secret_basic')
    assert.equal(method(['client_secret_post', 'none']), 'client_secret_post')
    assert.equal(method(['private_key_jwt']), 'none')
  })

  test('neither base is a provider of an installation, and both can be built on', ({ assert }) => {
    const built = buildProviders({
      builtIn: BUILT_IN_PROVIDERS,
      clients: {},
      file: { acme: { extends: 'mcp', issuer: 'https://acme.example', client_id: 'c' } },
      allowPrivate: false,
      secretFromEnv: () => undefined,
    })
    assert.sameMembers(
      built.map(({ id }) => id),
      [...IDS, 'acme']
    )
    assert.containSubset(built.at(-1), { id: 'acme', clientAuth: 'none', refresh: { reuse: 'strict' } })
  })
})
