import { BEARER, consent, grants, PROFILE, refreshField, TOKEN, variant } from '#simulator/dialects/parts'
import { HOUR } from '#simulator/times'
import type { Dialect, NamedFailure } from '#simulator/types'

/** `<platform>:<app id>:<version> (by /u/<name>)`. */
const headers = { 'user-agent': /^[\w.-]+:[\w.-]+:v?[\w.-]+ \(by \/u\/[\w-]+\)$/ }

const tooMany = '<!doctype html><title>Too Many Requests</title>'

const dead: NamedFailure = {
  name: 'dead',
  case: 'dead',
  at: TOKEN,
  class: 'rejected',
  status: 400,
  body: { error: 400 },
}

const limited: NamedFailure = {
  name: 'rate_limited',
  case: 'rate_limited',
  at: ['token', 'profile'],
  class: 'rate_limited',
  status: 429,
  headers: { 'retry-after': '4' },
  wait: 4_000,
  body: tooMany,
}

/** Reddit: Basic, a User-Agent of its own, numbers as errors, and waits counted in seconds left. */
export default {
  id: 'reddit',
  page: 'https://praw.readthedocs.io/en/stable/tutorials/refresh_token.html',
  serves: ['reddit'],
  client: { id: 'simulated-reddit-client', secret: 'simulated-reddit-secret' },
  account: { id: 'abc', name: 'someone' },
  tokens: {
    prefix: { access: '', refresh: '' },
    accessLife: HOUR,
    refreshLife: null,
    presents: 'refresh',
    rotates: false,
    unrotated: 'same',
    reuse: 'static',
    scope: 'identity read',
  },
  doors: [
    consent('https://www.reddit.com/api/v1/authorize', { offline: { duration: /^permanent$/ } }),
    ...grants({
      url: 'https://www.reddit.com/api/v1/access_token',
      client: ['basic'],
      headers,
      answer: (told) => ({
        access_token: told.access,
        token_type: 'bearer',
        expires_in: told.expiresIn,
        ...refreshField(told),
        scope: told.scope,
      }),
    }),
    {
      url: 'https://oauth.reddit.com/api/v1/me',
      does: 'account',
      place: 'profile',
      headers,
      credential: BEARER,
      answer: ({ account }) => ({
        id: account.id,
        name: account.name,
        is_suspended: false,
        suspension_expiration_utc: null,
      }),
    },
    {
      url: 'https://www.reddit.com/api/v1/revoke_token',
      does: 'revoke',
      body: 'form',
      client: ['basic'],
      headers,
      credential: [{ param: 'token' }],
      ends: 'grant',
      status: 204,
    },
  ],
  failures: [
    dead,
    variant(dead, 'dead_with_message', { body: { message: 'Bad Request', error: 400 }, unverified: true }),
    variant(dead, 'dead_200', { status: 200, body: { error: 'invalid_grant' } }),
    {
      name: 'configuration',
      case: 'configuration',
      at: TOKEN,
      class: 'configuration',
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="reddit"' },
      body: { message: 'Unauthorized', error: 401 },
    },
    limited,
    variant(limited, 'rate_limited_seconds_left', {
      headers: { 'x-ratelimit-used': '100', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '37' },
      wait: 37_000,
      body: { message: 'Too Many Requests', error: 429 },
      unverified: true,
    }),
    variant(limited, 'rate_limited_until_past', {
      means: 'a limit that is over already, raised to one second,',
      headers: { 'x-ratelimit-reset': '-5' },
      wait: 1_000,
      unverified: true,
    }),
    {
      name: 'suspended',
      case: 'suspended',
      at: PROFILE,
      class: 'suspended',
      status: 200,
      body: { name: 'someone', id: 'abc', is_suspended: true, suspension_expiration_utc: null },
    },
    {
      name: 'unauthorized',
      case: 'token_refused',
      at: PROFILE,
      class: 'rejected',
      status: 401,
      body: { message: 'Unauthorized', error: 401 },
    },
  ],
  refusals: {
    header: { status: 429, body: tooMany },
    code: { status: 200, body: { error: 'invalid_grant' } },
    grant: { status: 200, body: { error: 'unsupported_grant_type' } },
  },
} satisfies Dialect
