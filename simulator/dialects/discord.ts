import { BEARER, consent, grants, refreshField, TOKEN, variant } from '#simulator/dialects/parts'
import { DAY } from '#simulator/times'
import type { Dialect, NamedFailure } from '#simulator/types'

const invalid = { error: 'invalid_grant', error_description: 'Invalid "refresh_token" in request' }
const cloudflare =
  '<!doctype html><title>Access denied</title><h1>Error 1015</h1><p>You are being rate limited'

const dead: NamedFailure = {
  name: 'dead',
  case: 'dead',
  at: TOKEN,
  class: 'rejected',
  status: 400,
  body: invalid,
}

const limited: NamedFailure = {
  name: 'rate_limited',
  case: 'rate_limited',
  at: TOKEN,
  class: 'rate_limited',
  status: 429,
  body: { message: 'You are being rate limited.', retry_after: 64.57, global: false },
  wait: 64_570,
}

const refused: NamedFailure = {
  name: 'unauthorized',
  case: 'token_refused',
  at: ['validation', 'profile'],
  class: 'rejected',
  status: 401,
  body: { message: '401: Unauthorized', code: 0 },
}

/** Discord: forms only; a banned account answers as a revoked one; a firewall that answers in HTML. */
export default {
  id: 'discord',
  page: 'https://discord.com/developers/docs/topics/oauth2',
  serves: ['discord'],
  client: { id: '157730590492196864', secret: 'simulated-discord-secret' },
  account: { id: '80351110224678912', name: 'nelly' },
  tokens: {
    prefix: { access: '', refresh: '' },
    accessLife: 7 * DAY,
    refreshLife: null,
    presents: 'refresh',
    rotates: true,
    unrotated: 'absent',
    reuse: 'strict',
    scope: 'identify email',
  },
  doors: [
    consent('https://discord.com/oauth2/authorize', { pkce: 'optional' }),
    ...grants({
      url: 'https://discord.com/api/oauth2/token',
      client: ['basic', 'params'],
      answer: (told) => ({
        token_type: 'Bearer',
        access_token: told.access,
        expires_in: told.expiresIn,
        ...refreshField(told),
        scope: told.scope,
      }),
    }),
    {
      url: 'https://discord.com/api/v10/oauth2/@me',
      does: 'account',
      place: 'validation',
      credential: BEARER,
      answer: ({ account, client, scope, now, expiresIn }) => ({
        application: { id: client.id, name: 'Evergrant' },
        scopes: scope.split(' '),
        expires: new Date(now + (expiresIn ?? 0) * 1_000).toISOString(),
        user: { id: account.id, username: account.name, global_name: account.name.toUpperCase() },
      }),
    },
    {
      url: 'https://discord.com/api/v10/users/@me',
      does: 'account',
      place: 'profile',
      credential: BEARER,
      answer: ({ account }) => ({
        id: account.id,
        username: account.name,
        global_name: account.name.toUpperCase(),
      }),
    },
    {
      url: 'https://discord.com/api/oauth2/token/revoke',
      does: 'revoke',
      body: 'form',
      client: ['basic', 'params'],
      credential: [{ param: 'token' }],
      ends: 'grant',
      answer: () => ({}),
    },
  ],
  failures: [
    dead,
    variant(dead, 'dead_bare', { body: { error: 'invalid_grant' } }),
    variant(dead, 'dead_older', { body: { ...invalid, error: 'invalid_request' } }),
    variant(dead, 'suspended', {
      case: 'suspended',
      means: 'a banned account, which looks like a dead refresh token',
    }),
    {
      name: 'configuration',
      case: 'configuration',
      at: TOKEN,
      class: 'configuration',
      status: 401,
      body: { error: 'invalid_client' },
      unverified: true,
    },
    limited,
    variant(limited, 'rate_limited_api', {
      at: ['validation', 'profile'],
      headers: { 'retry-after': '65', 'x-ratelimit-remaining': '0' },
      wait: 65_000,
    }),
    variant(limited, 'banned_address_429', { body: cloudflare, wait: null }),
    variant(limited, 'banned_address_403', { status: 403, body: cloudflare, wait: null }),
    refused,
    variant(refused, 'invalid_oauth_token', {
      body: { message: 'Invalid OAuth2 access token', code: 50_025 },
    }),
  ],
  refusals: { body: { status: 400, body: { error: 'invalid_request' } } },
} satisfies Dialect
