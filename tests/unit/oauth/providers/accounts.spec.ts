/**
 * How each provider is asked whether a token is good and whose it is, what its answers say, and how a grant is ended.
 */
import { test } from '@japa/runner'
import { accountRequest, profileEndpoint, readAccount } from '#oauth/account'
import { toWire } from '#oauth/outgoing'
import { revocationRequest } from '#oauth/token_endpoint'
import type { AccountEndpoint, Provider } from '#oauth/types'
import { answered } from '../helpers.js'
import { accountInput, basic, builtIn, IDS, tokenQuery } from './helpers.js'

interface Sent {
  line: string
  authorization?: string
  body: string | null
}

const CLIENT = basic('cid:s%2Fcret')
const BEARER = 'Bearer at1'
const GRAPH = 'https://graph.facebook.com/v26.0'
const TOKENINFO = { line: 'GET https://oauth2.googleapis.com/tokeninfo?access_token=at1', body: null }
const DEBUG = {
  line: `GET ${GRAPH}/debug_token?input_token=at1&access_token=cid%7Cs%2Fcret`,
  body: null,
}
const AUTH_TEST = { line: 'POST https://slack.com/api/auth.test', authorization: BEARER, body: null }
const USERINFO = {
  line: 'GET https://openidconnect.googleapis.com/v1/userinfo',
  authorization: BEARER,
  body: null,
}
const GRAPH_ME = { line: `GET ${GRAPH}/me?fields=id,name,picture`, authorization: BEARER, body: null }
const get = (url: string): Sent => ({ line: `GET ${url}`, authorization: BEARER, body: null })

const VALIDATIONS: Record<string, Sent | null> = {
  twitch: { ...get('https://id.twitch.tv/oauth2/validate'), authorization: 'OAuth at1' },
  x: null,
  spotify: null,
  discord: get('https://discord.com/api/v10/oauth2/@me'),
  google: TOKENINFO,
  youtube: TOKENINFO,
  gmail: TOKENINFO,
  google_calendar: TOKENINFO,
  github: {
    line: 'POST https://api.github.com/applications/cid/token',
    authorization: CLIENT,
    body: '{"access_token":"at1"}',
  },
  meta: DEBUG,
  meta_page: DEBUG,
  instagram: null,
  linkedin: {
    line: 'POST https://www.linkedin.com/oauth/v2/introspectToken',
    body: 'token=at1&client_id=cid&client_secret=s%2Fcret',
  },
  reddit: null,
  slack: AUTH_TEST,
  slack_user: AUTH_TEST,
  notion: {
    line: 'POST https://api.notion.com/v1/oauth/introspect',
    authorization: CLIENT,
    body: '{"token":"at1"}',
  },
}

const PROFILES: Record<string, Sent> = {
  twitch: get('https://api.twitch.tv/helix/users'),
  x: get('https://api.x.com/2/users/me?user.fields=profile_image_url'),
  spotify: get('https://api.spotify.com/v1/me'),
  discord: get('https://discord.com/api/v10/users/@me'),
  google: USERINFO,
  youtube: get('https://www.googleapis.com/youtube/v3/channels?part=snippet&mine=true'),
  gmail: USERINFO,
  google_calendar: USERINFO,
  github: get('https://api.github.com/user'),
  meta: GRAPH_ME,
  meta_page: GRAPH_ME,
  instagram: get('https://graph.instagram.com/me?fields=user_id,username,name,profile_picture_url'),
  linkedin: get('https://api.linkedin.com/v2/userinfo'),
  reddit: get('https://oauth.reddit.com/api/v1/me'),
  slack: AUTH_TEST,
  slack_user: AUTH_TEST,
  notion: get('https://api.notion.com/v1/users/me'),
}

const GOOGLE_REVOKE = { line: 'POST https://oauth2.googleapis.com/revoke', body: 'token=tok' }
const SLACK_REVOKE = {
  line: 'POST https://slack.com/api/auth.revoke',
  authorization: 'Bearer tok',
  body: null,
}
const rfc7009 = (hint: string) => `token=tok&token_type_hint=${hint}`

const REVOCATIONS: Record<string, Sent | null> = {
  twitch: { line: 'POST https://id.twitch.tv/oauth2/revoke', body: 'token=tok&client_id=cid' },
  x: {
    line: 'POST https://api.x.com/2/oauth2/revoke',
    authorization: basic('cid:s/cret'),
    body: rfc7009('refresh_token'),
  },
  spotify: null,
  discord: {
    line: 'POST https://discord.com/api/oauth2/token/revoke',
    authorization: CLIENT,
    body: rfc7009('refresh_token'),
  },
  google: GOOGLE_REVOKE,
  youtube: GOOGLE_REVOKE,
  gmail: GOOGLE_REVOKE,
  google_calendar: GOOGLE_REVOKE,
  github: {
    line: 'DELETE https://api.github.com/applications/cid/grant',
    authorization: CLIENT,
    body: '{"access_token":"tok"}',
  },
  meta: { line: `DELETE ${GRAPH}/me/permissions`, authorization: 'Bearer tok', body: null },
  meta_page: null,
  instagram: null,
  linkedin: {
    line: 'POST https://www.linkedin.com/oauth/v2/revoke',
    body: `${rfc7009('refresh_token')}&client_id=cid&client_secret=s%2Fcret`,
  },
  reddit: {
    line: 'POST https://www.reddit.com/api/v1/revoke_token',
    authorization: CLIENT,
    body: rfc7009('refresh_token'),
  },
  slack: SLACK_REVOKE,
  slack_user: SLACK_REVOKE,
  notion: {
    line: 'POST https://api.notion.com/v1/oauth/revoke',
    authorization: CLIENT,
    body: '{"token":"tok"}',
  },
}

function sent(request: Parameters<typeof toWire>[0]): Sent {
  const { url, headers, body } = toWire(request, 'evergrant')
  const { authorization } = headers
  return { line: `${request.method} ${url.href}`, ...(authorization ? { authorization } : {}), body }
}

function asked(provider: Provider, endpoint: AccountEndpoint, token?: string): Sent {
  return sent(accountRequest(endpoint, accountInput(provider, token)))
}

test.group('Provider dialects: account requests', () => {
  for (const table of [VALIDATIONS, PROFILES, REVOCATIONS]) {
    test('every built-in provider is in the table', ({ assert }) => {
      assert.sameMembers(Object.keys(table), IDS)
    })
  }

  for (const id of IDS) {
    test(`${id}: validation, profile and revocation are asked for in its own way`, ({ assert }) => {
      const provider = builtIn(id)
      const { validation, server } = provider
      assert.deepEqual(validation && asked(provider, validation), VALIDATIONS[id])
      assert.deepEqual(asked(provider, profileEndpoint(provider, server)!), PROFILES[id])
      const revocation = revocationRequest(tokenQuery(provider), server)
      assert.deepEqual(revocation && sent(revocation), REVOCATIONS[id])
    })
  }

  test('the headers that a profile call needs go along', ({ assert }) => {
    const headers = (id: string) => {
      const provider = builtIn(id)
      return toWire(accountRequest(provider.profile!, accountInput(provider)), 'evergrant').headers
    }
    assert.equal(headers('twitch')['client-id'], 'cid')
    assert.equal(headers('reddit')['user-agent'], 'web:cid:v1 (by /u/evergrant)')
    assert.equal(headers('notion')['notion-version'], '2026-03-11')
  })

  test('github: a personal token is shown to the profile call, since no application may ask about it', ({
    assert,
  }) => {
    const provider = builtIn('github')
    for (const token of ['ghp_1', 'github_pat_1']) {
      const request = asked(provider, provider.validation!, token)
      assert.equal(request.line, 'GET https://api.github.com/user')
      assert.equal(request.authorization, `Bearer ${token}`)
    }
    const unconfigured = { ...provider, client: null }
    assert.equal(asked(unconfigured, provider.validation!).line, 'GET https://api.github.com/user')
  })

  test('linkedin, notion and meta cannot ask without a client, and say so', ({ assert }) => {
    for (const id of ['linkedin', 'notion', 'meta']) {
      const provider = { ...builtIn(id), client: null }
      assert.throws(() => asked(provider, provider.validation!), /has no client registration/)
    }
  })
})

type Reading = [id: string, endpoint: 'validation' | 'profile', body: unknown, expected: object | null]

const ACCOUNTS: Reading[] = [
  [
    'twitch',
    'validation',
    { client_id: 'cid', login: 'somelogin', scopes: ['chat:read'], user_id: '1234', expires_in: 14000 },
    { id: '1234', username: 'somelogin', clientId: 'cid' },
  ],
  [
    'twitch',
    'profile',
    { data: [{ id: '1234', login: 'somelogin', display_name: 'SomeLogin' }] },
    { id: '1234', username: 'somelogin', displayName: 'SomeLogin' },
  ],
  [
    'x',
    'profile',
    { data: { id: '9', name: 'Nine', username: 'nine' } },
    { id: '9', username: 'nine', displayName: 'Nine' },
  ],
  ['spotify', 'profile', { id: 'sp', display_name: null }, { id: 'sp', username: 'sp' }],
  [
    'discord',
    'validation',
    { application: { id: 'cid' }, scopes: ['identify'], user: { id: '8', username: 'u', global_name: 'U' } },
    { id: '8', username: 'u', displayName: 'U', clientId: 'cid' },
  ],
  ['discord', 'validation', { application: { id: 'cid' }, scopes: ['guilds'] }, null],
  [
    'discord',
    'profile',
    { id: '8', username: 'u', global_name: 'U', avatar: 'a1' },
    {
      id: '8',
      username: 'u',
      displayName: 'U',
      avatarUrl: 'https://cdn.discordapp.com/avatars/8/a1.png',
    },
  ],
  [
    'google',
    'validation',
    { aud: 'cid', sub: '7', scope: 'openid', exp: '1', expires_in: '3000', email: 'a@b.example' },
    { id: '7', username: 'a@b.example', clientId: 'cid' },
  ],
  ['google', 'validation', { aud: 'cid', scope: 'youtube', expires_in: '3000' }, null],
  [
    'youtube',
    'profile',
    { items: [{ id: 'UC1', snippet: { title: 'Channel', customUrl: '@channel' } }] },
    { id: 'UC1', username: '@channel', displayName: 'Channel' },
  ],
  [
    'github',
    'validation',
    { app: { client_id: 'cid' }, user: { id: 5, login: 'octo' }, token: 'at1' },
    { id: '5', username: 'octo', clientId: 'cid' },
  ],
  [
    'github',
    'profile',
    { id: 5, login: 'octo', name: 'Octo' },
    { id: '5', username: 'octo', displayName: 'Octo' },
  ],
  [
    'meta',
    'validation',
    { data: { app_id: '1', type: 'USER', is_valid: true, expires_at: 0, user_id: '5' } },
    { id: '5', clientId: '1' },
  ],
  [
    'meta_page',
    'validation',
    { data: { app_id: '1', type: 'PAGE', is_valid: true, profile_id: '10', user_id: '5' } },
    { id: '10', clientId: '1' },
  ],
  ['meta_page', 'validation', { data: { app_id: '1', type: 'PAGE', is_valid: true, user_id: '5' } }, null],
  ['meta', 'profile', { id: '5', name: 'Five' }, { id: '5', displayName: 'Five' }],
  [
    'instagram',
    'profile',
    { user_id: '17', username: 'gram', name: 'Gram' },
    { id: '17', username: 'gram', displayName: 'Gram' },
  ],
  ['instagram', 'profile', { data: [{ user_id: '17', username: 'gram' }] }, { id: '17', username: 'gram' }],
  ['linkedin', 'validation', { active: true, status: 'active', scope: 'openid,profile' }, null],
  [
    'reddit',
    'profile',
    { name: 'someone', id: 'abc', is_suspended: false },
    { id: 'abc', username: 'someone' },
  ],
  [
    'slack',
    'profile',
    { ok: true, team: 'Team', user: 'bot', team_id: 'T1', user_id: 'U1', bot_id: 'B1' },
    { id: 'T1:U1', username: 'bot', displayName: 'Team' },
  ],
  ['notion', 'validation', { active: true }, null],
  [
    'notion',
    'profile',
    { id: 'b', name: 'Bot', bot: { owner: { user: { name: 'Person' } }, workspace_name: 'WS' } },
    { id: 'b', username: 'Person', displayName: 'WS' },
  ],
]

const VERDICTS: [
  id: string,
  endpoint: 'validation' | 'profile',
  body: unknown,
  kind: string,
  code: string,
][] = [
  ['reddit', 'profile', { name: 's', id: 'abc', is_suspended: true }, 'suspended', 'is_suspended'],
  ['linkedin', 'validation', { active: false, status: 'revoked' }, 'rejected', 'token_revoked'],
  ['linkedin', 'validation', { active: false }, 'rejected', 'token_inactive'],
  ['notion', 'validation', { active: false }, 'rejected', 'inactive_token'],
  ['meta', 'validation', debugged(190, 460), 'rejected', '190/460'],
  ['meta', 'validation', debugged(190, 459), 'locked', '190/459'],
  ['meta_page', 'validation', debugged(190, 464), 'locked', '190/464'],
  ['meta', 'validation', debugged(190), 'rejected', '190'],
  ['meta', 'validation', debugged(368), 'suspended', '368'],
  ['meta', 'validation', { data: { is_valid: false } }, 'rejected', 'invalid_token'],
  ['twitch', 'profile', { data: [] }, 'unknown', 'no_account'],
  ['youtube', 'profile', { items: [] }, 'unknown', 'no_account'],
  ['slack', 'profile', { ok: false, error: 'account_inactive' }, 'suspended', 'account_inactive'],
]

function debugged(code: number, subcode?: number) {
  return { data: { app_id: '1', is_valid: false, error: { code, subcode, message: 'words' } } }
}

test.group('Provider dialects: account answers', () => {
  for (const [id, which, body, expected] of ACCOUNTS) {
    test(`${id}: ${which} reads ${JSON.stringify(body).slice(0, 90)}`, ({ assert }) => {
      const provider = builtIn(id)
      const result = readAccount(provider, provider[which]!, answered(200, body))
      assert.isTrue(result.ok)
      if (!result.ok) return
      assert.deepEqual(JSON.parse(JSON.stringify(result.account)), expected)
    })
  }

  for (const [id, which, body, kind, code] of VERDICTS) {
    test(`${id}: ${which} finds ${JSON.stringify(body).slice(0, 90)} ${kind}`, ({ assert }) => {
      const provider = builtIn(id)
      const result = readAccount(provider, provider[which]!, answered(200, body))
      assert.deepEqual(result.ok ? null : [result.failure.class, result.failure.code], [kind, code])
    })
  }

  test('reddit: a suspension that ends is told with its end', ({ assert }) => {
    const provider = builtIn('reddit')
    const body = { name: 's', id: 'abc', is_suspended: true, suspension_expiration_utc: 1_800_000_000 }
    const result = readAccount(provider, provider.profile!, answered(200, body))
    assert.equal(
      result.ok ? null : result.failure.description,
      'The account is suspended until 2027-01-15T08:00:00.000Z.'
    )
  })
})
