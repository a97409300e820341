import { BEARER, consent, grants, PROFILE, refreshField, TOKEN, variant } from '#simulator/dialects/parts'
import { epochIn, HOUR } from '#simulator/times'
import type { Dialect, NamedFailure, Told } from '#simulator/types'

const client = { id: 'simulated-twitch-client', secret: 'simulated-twitch-secret' }

const dead: NamedFailure = {
  name: 'dead',
  case: 'dead',
  at: TOKEN,
  class: 'rejected',
  status: 400,
  body: { status: 400, message: 'Invalid refresh token' },
}

const configuration: NamedFailure = {
  name: 'configuration',
  case: 'configuration',
  at: TOKEN,
  class: 'configuration',
  status: 403,
  body: { status: 403, message: 'invalid client secret' },
}

const tokens = (told: Told) => ({
  access_token: told.access,
  expires_in: told.expiresIn,
  ...refreshField(told),
  scope: told.scope.split(' '),
  token_type: 'bearer',
})

/** Twitch: the meaning is in `message`, the validation has a scheme of its own. */
export default {
  id: 'twitch',
  page: 'https://dev.twitch.tv/docs/authentication/refresh-tokens/',
  serves: ['twitch'],
  client,
  account: { id: '1234', name: 'somelogin' },
  tokens: {
    prefix: { access: '', refresh: '' },
    accessLife: 4 * HOUR,
    refreshLife: null,
    presents: 'refresh',
    rotates: false,
    unrotated: 'same',
    reuse: 'strict',
    liveAccess: 50,
    scope: 'chat:read user:read:email',
    unverified: ['accessLife', 'liveAccess'],
  },
  doors: [
    consent('https://id.twitch.tv/oauth2/authorize'),
    ...grants({ url: 'https://id.twitch.tv/oauth2/token', client: ['params'], answer: tokens }),
    {
      url: 'https://id.twitch.tv/oauth2/validate',
      does: 'account',
      place: 'validation',
      credential: [{ header: 'OAuth' }],
      answer: ({ account, scope, expiresIn }) => ({
        client_id: client.id,
        login: account.name,
        scopes: scope.split(' '),
        user_id: account.id,
        expires_in: expiresIn,
      }),
    },
    {
      url: 'https://api.twitch.tv/helix/users',
      does: 'account',
      place: 'profile',
      headers: { 'client-id': /^simulated-twitch-client$/ },
      credential: BEARER,
      answer: ({ account }) => ({
        data: [{ id: account.id, login: account.name, display_name: account.name.toUpperCase() }],
      }),
    },
    {
      url: 'https://id.twitch.tv/oauth2/revoke',
      does: 'revoke',
      body: 'form',
      client: ['public', 'params'],
      credential: [{ param: 'token' }],
    },
  ],
  failures: [
    dead,
    variant(dead, 'dead_with_phrase', {
      body: { error: 'Bad Request', status: 400, message: 'Invalid refresh token' },
    }),
    variant(dead, 'dead_401', { status: 401, body: { status: 401, message: 'Invalid refresh token' } }),
    variant(dead, 'invalid_grant', { case: 'other', body: { status: 400, message: 'Invalid grant' } }),
    configuration,
    variant(configuration, 'missing_secret', {
      status: 400,
      body: { status: 400, message: 'missing client secret' },
    }),
    variant(configuration, 'invalid_client', {
      status: 400,
      body: { status: 400, message: 'invalid client' },
    }),
    {
      name: 'rate_limited',
      case: 'rate_limited',
      at: TOKEN,
      class: 'rate_limited',
      status: 429,
      body: { status: 429, message: 'Too many requests' },
      unverified: true,
    },
    {
      name: 'helix_429',
      case: 'rate_limited',
      at: PROFILE,
      class: 'rate_limited',
      status: 429,
      headers: { 'ratelimit-limit': '800', 'ratelimit-remaining': '0', 'ratelimit-reset': epochIn(40) },
      wait: 40_000,
      body: { error: 'Too Many Requests', status: 429, message: 'Too many requests' },
      unverified: true,
    },
    {
      name: 'suspended',
      case: 'suspended',
      at: PROFILE,
      class: 'unknown',
      means: 'an account that nobody can see, which may be a suspension',
      status: 200,
      body: { data: [] },
      unverified: true,
    },
    {
      name: 'invalid_access_token',
      case: 'token_refused',
      at: ['validation'],
      class: 'rejected',
      status: 401,
      body: { status: 401, message: 'invalid access token' },
    },
    {
      name: 'invalid_oauth_token',
      case: 'token_refused',
      at: PROFILE,
      class: 'rejected',
      status: 401,
      body: { error: 'Unauthorized', status: 401, message: 'Invalid OAuth token' },
    },
    {
      name: 'revoke_unknown',
      case: 'other',
      at: [],
      class: 'unknown',
      status: 400,
      body: { status: 400, message: 'Invalid token' },
    },
  ],
  refusals: {
    method: { status: 404, body: { status: 404, message: 'Not Found' } },
    param: { status: 400, body: { status: 400, message: 'missing parameter' } },
  },
} satisfies Dialect
