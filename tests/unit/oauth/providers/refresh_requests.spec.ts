/**
 * The refresh request that each provider gets, as it goes over the wire, and what its own answer to it is read as.
 */
import { test } from '@japa/runner'
import { toWire } from '#oauth/outgoing'
import { readTokenResponse } from '#oauth/read_token_response'
import { refreshRequest } from '#oauth/token_endpoint'
import type { TokenSet } from '#oauth/types'
import { answered } from '../helpers.js'
import { basic, builtIn, IDS, refreshInput } from './helpers.js'

interface Expected {
  url: string
  method?: string
  body?: string | null
  authorization?: string
  headers?: Record<string, string>
}

const GRANT = 'grant_type=refresh_token&refresh_token=rt1'
const IN_BODY = `${GRANT}&client_id=cid&client_secret=s%2Fcret`
const ENCODED = basic('cid:s%2Fcret')
const GOOGLE = { url: 'https://oauth2.googleapis.com/token', body: IN_BODY }
const SLACK = { url: 'https://slack.com/api/oauth.v2.access', body: IN_BODY }

const REQUESTS: Record<string, Expected> = {
  twitch: { url: 'https://id.twitch.tv/oauth2/token', body: IN_BODY },
  x: { url: 'https://api.x.com/2/oauth2/token', body: GRANT, authorization: basic('cid:s/cret') },
  spotify: { url: 'https://accounts.spotify.com/api/token', body: GRANT, authorization: ENCODED },
  discord: { url: 'https://discord.com/api/oauth2/token', body: GRANT, authorization: ENCODED },
  google: GOOGLE,
  youtube: GOOGLE,
  gmail: GOOGLE,
  google_calendar: GOOGLE,
  github: { url: 'https://github.com/login/oauth/access_token', body: IN_BODY },
  meta: {
    method: 'GET',
    url: 'https://graph.facebook.com/v26.0/oauth/access_token?grant_type=fb_exchange_token&client_id=cid&client_secret=s%2Fcret&fb_exchange_token=rt1',
    body: null,
  },
  instagram: {
    method: 'GET',
    url: 'https://graph.instagram.com/refresh_access_token?grant_type=ig_refresh_token&access_token=rt1',
    body: null,
  },
  linkedin: { url: 'https://www.linkedin.com/oauth/v2/accessToken', body: IN_BODY },
  reddit: {
    url: 'https://www.reddit.com/api/v1/access_token',
    body: GRANT,
    authorization: ENCODED,
    headers: { 'user-agent': 'web:cid:v1 (by /u/evergrant)' },
  },
  slack: SLACK,
  slack_user: SLACK,
  notion: {
    url: 'https://api.notion.com/v1/oauth/token',
    body: '{"grant_type":"refresh_token","refresh_token":"rt1"}',
    authorization: ENCODED,
    headers: { 'notion-version': '2026-03-11', 'content-type': 'application/json' },
  },
}

const HOUR = 3_600_000
const bearer = { token_type: 'bearer' }
const slack = { ok: true, access_token: 'xoxe.xoxb-1-x', expires_in: 43_200, refresh_token: 'xoxe-1-x' }
const googleAnswer = {
  access_token: 'ya29.x',
  expires_in: 3599,
  scope: 'openid https://www.googleapis.com/auth/youtube.readonly',
  token_type: 'Bearer',
}
const googleTokens = {
  access: 'ya29.x',
  refresh: null,
  expiresIn: 3_599_000,
  scopes: ['openid', 'https://www.googleapis.com/auth/youtube.readonly'],
}

interface Read {
  access: string
  refresh: string | null
  expiresIn: number | null
  scopes: string[] | null
  grantExpiresIn?: number
}

const ANSWERS: [id: string, body: object, read: Read][] = [
  [
    'twitch',
    { access_token: 'at2', expires_in: 14124, refresh_token: 'rt2', scope: ['chat:read', 'user:read:email'] },
    { access: 'at2', refresh: 'rt2', expiresIn: 14_124_000, scopes: ['chat:read', 'user:read:email'] },
  ],
  [
    'twitch',
    { access_token: 'at2', refresh_token: 'rt2', scope: null },
    { access: 'at2', refresh: 'rt2', expiresIn: null, scopes: null },
  ],
  [
    'x',
    {
      ...bearer,
      expires_in: 7200,
      access_token: 'at2',
      scope: 'tweet.read users.read',
      refresh_token: 'rt2',
    },
    { access: 'at2', refresh: 'rt2', expiresIn: 2 * HOUR, scopes: ['tweet.read', 'users.read'] },
  ],
  [
    'spotify',
    { access_token: 'at2', token_type: 'Bearer', scope: 'user-read-email', expires_in: 3600 },
    { access: 'at2', refresh: null, expiresIn: HOUR, scopes: ['user-read-email'] },
  ],
  [
    'discord',
    { access_token: 'at2', expires_in: 604_800, refresh_token: 'rt2', scope: 'identify email' },
    { access: 'at2', refresh: 'rt2', expiresIn: 168 * HOUR, scopes: ['identify', 'email'] },
  ],
  ...['google', 'youtube', 'gmail', 'google_calendar'].map((id): (typeof ANSWERS)[number] => [
    id,
    googleAnswer,
    googleTokens,
  ]),
  [
    'github',
    {
      ...bearer,
      access_token: 'ghu_x',
      expires_in: '28800',
      refresh_token: 'ghr_x',
      refresh_token_expires_in: 15_897_600,
      scope: '',
    },
    {
      access: 'ghu_x',
      refresh: 'ghr_x',
      expiresIn: 8 * HOUR,
      scopes: null,
      grantExpiresIn: 15_897_600_000,
    },
  ],
  [
    'github',
    { ...bearer, access_token: 'gho_x', scope: 'read:user,repo' },
    { access: 'gho_x', refresh: null, expiresIn: null, scopes: ['read:user', 'repo'] },
  ],
  [
    'meta',
    { ...bearer, access_token: 'EAAx', expires_in: 5_183_944 },
    { access: 'EAAx', refresh: null, expiresIn: 5_183_944_000, scopes: null },
  ],
  [
    'instagram',
    { ...bearer, access_token: 'IGx', expires_in: 5_183_944, permissions: 'instagram_business_basic' },
    { access: 'IGx', refresh: null, expiresIn: 5_183_944_000, scopes: ['instagram_business_basic'] },
  ],
  [
    'instagram',
    { data: [{ access_token: 'IGs', user_id: '17', permissions: 'a,b' }] },
    { access: 'IGs', refresh: null, expiresIn: null, scopes: ['a', 'b'] },
  ],
  [
    'linkedin',
    {
      access_token: 'AQV2',
      expires_in: 5_184_000,
      refresh_token: 'AQX1',
      refresh_token_expires_in: 26_000_000,
      scope: 'openid profile',
      id_token: 'eyJ.eyJ.x',
    },
    {
      access: 'AQV2',
      refresh: 'AQX1',
      expiresIn: 1440 * HOUR,
      scopes: ['openid', 'profile'],
      grantExpiresIn: 26_000_000_000,
    },
  ],
  [
    'reddit',
    { ...bearer, access_token: 'at2', expires_in: 3600, refresh_token: 'rt1', scope: 'identity read' },
    { access: 'at2', refresh: 'rt1', expiresIn: HOUR, scopes: ['identity', 'read'] },
  ],
  [
    'slack',
    { ...slack, token_type: 'bot', scope: 'commands,incoming-webhook', enterprise: null },
    {
      access: 'xoxe.xoxb-1-x',
      refresh: 'xoxe-1-x',
      expiresIn: 12 * HOUR,
      scopes: ['commands', 'incoming-webhook'],
    },
  ],
  [
    'slack_user',
    { ...slack, token_type: 'user', scope: 'users:read' },
    { access: 'xoxe.xoxb-1-x', refresh: 'xoxe-1-x', expiresIn: 12 * HOUR, scopes: ['users:read'] },
  ],
  [
    'slack_user',
    { ok: true, authed_user: { id: 'U1', access_token: 'xoxp-1', scope: 'users:read', token_type: 'user' } },
    { access: 'xoxp-1', refresh: null, expiresIn: null, scopes: ['users:read'] },
  ],
  [
    'notion',
    { ...bearer, access_token: 'ntn_a2', refresh_token: 'nrt_r2', bot_id: 'b', workspace_id: 'w' },
    { access: 'ntn_a2', refresh: 'nrt_r2', expiresIn: null, scopes: null },
  ],
  [
    'notion',
    { ...bearer, access_token: 'ntn_a2', refresh_token: null, bot_id: 'b' },
    { access: 'ntn_a2', refresh: null, expiresIn: null, scopes: null },
  ],
]

function read(tokens: TokenSet): Read {
  return {
    access: tokens.access_token.reveal(),
    refresh: tokens.refresh_token?.reveal() ?? null,
    expiresIn: tokens.expiresIn,
    scopes: tokens.scopes,
    ...(tokens.grantExpiresIn === null ? {} : { grantExpiresIn: tokens.grantExpiresIn }),
  }
}

test.group('Provider dialects: refresh requests', () => {
  test('every provider that can be refreshed is asked', ({ assert }) => {
    const refreshed = IDS.filter((id) => builtIn(id).refresh.supported)
    assert.sameMembers(Object.keys(REQUESTS), refreshed)
    assert.sameMembers([...new Set(ANSWERS.map(([id]) => id))], refreshed)
  })

  for (const [id, expected] of Object.entries(REQUESTS)) {
    test(`${id} is asked in its own way`, ({ assert }) => {
      const provider = builtIn(id)
      const request = refreshRequest(refreshInput(provider), provider.server)
      const wire = toWire(request, 'evergrant')
      assert.equal(request.method, expected.method ?? 'POST')
      assert.equal(wire.url.href, expected.url)
      assert.equal(wire.body, expected.body)
      assert.equal(wire.headers.authorization, expected.authorization)
      assert.equal(wire.headers.accept, 'application/json')
      assert.containSubset(wire.headers, expected.headers ?? {})
    })
  }

  for (const id of ['x', 'spotify', 'twitch', 'google']) {
    test(`${id}: a public client names itself in the body and sends no proof`, ({ assert }) => {
      const provider = { ...builtIn(id), client: { client_id: 'cid', client_secret: null } }
      const wire = toWire(refreshRequest(refreshInput(provider), provider.server), 'evergrant')
      assert.equal(wire.body, `${GRANT}&client_id=cid`)
      assert.isUndefined(wire.headers.authorization)
    })
  }

  test('reddit: an installed app sends an empty password', ({ assert }) => {
    const provider = { ...builtIn('reddit'), client: { client_id: 'cid', client_secret: null } }
    const wire = toWire(refreshRequest(refreshInput(provider), provider.server), 'evergrant')
    assert.equal(wire.headers.authorization, basic('cid:'))
  })

  for (const [id, url] of [
    ['meta', 'http://127.0.0.1:4455/token?grant_type=fb_exchange_token'],
    ['instagram', 'http://127.0.0.1:4455/token?grant_type=ig_refresh_token'],
  ]) {
    test(`${id}: its own request follows an overridden endpoint`, ({ assert }) => {
      const provider = { ...builtIn(id), refreshEndpoint: 'http://127.0.0.1:4455/token' }
      const wire = toWire(refreshRequest(refreshInput(provider), provider.server), 'evergrant')
      assert.isTrue(wire.url.href.startsWith(url))
    })
  }
})

test.group('Provider dialects: answers with tokens', () => {
  for (const [id, body, expected] of ANSWERS) {
    test(`${id} is understood: ${JSON.stringify(body).slice(0, 80)}`, ({ assert }) => {
      const result = readTokenResponse(builtIn(id), answered(200, body))
      assert.isTrue(result.ok)
      if (!result.ok) return
      assert.deepEqual(read(result.tokens), expected)
      assert.deepEqual(result.warnings, [])
      assert.equal(result.tokens.token_type, 'Bearer')
    })
  }

  test("linkedin: the ID token, which lacks the request's nonce, is not looked at", ({ assert }) => {
    const result = readTokenResponse(
      builtIn('linkedin'),
      answered(200, { access_token: 'a', id_token: 'b.c.d' })
    )
    assert.isTrue(result.ok && result.tokens.id_token === null)
  })

  test('notion: workspace and bot are kept beside the tokens', ({ assert }) => {
    const body = { access_token: 'a', bot_id: 'b', workspace_id: 'w', workspace_name: 'WS' }
    const result = readTokenResponse(builtIn('notion'), answered(200, body))
    assert.deepEqual(result.ok && result.tokens.metadata, {
      bot_id: 'b',
      workspace_id: 'w',
      workspace_name: 'WS',
    })
  })
})
