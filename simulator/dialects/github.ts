import { BEARER, consent, grants, PROFILE, refreshField, TOKEN, variant } from '#simulator/dialects/parts'
import { epochIn, HOUR } from '#simulator/times'
import type { Dialect, Door, NamedFailure, Reply, Told } from '#simulator/types'

const docs = { documentation_url: 'https://docs.github.com/rest' }
const help =
  'https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/'

const said = (error: string, error_description: string): Reply['body'] => ({
  error,
  error_description,
  error_uri: help,
})

const dead: NamedFailure = {
  name: 'dead',
  case: 'dead',
  at: TOKEN,
  class: 'rejected',
  status: 200,
  body: said('bad_refresh_token', 'The refresh token passed is incorrect or expired.'),
}

const configuration: NamedFailure = {
  name: 'configuration',
  case: 'configuration',
  at: TOKEN,
  class: 'configuration',
  status: 200,
  body: said('incorrect_client_credentials', 'The client_id and/or client_secret passed are incorrect.'),
}

const limited: NamedFailure = {
  name: 'rate_limited',
  case: 'rate_limited',
  at: ['token', 'profile'],
  class: 'rate_limited',
  status: 403,
  headers: { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': epochIn(120) },
  wait: 120_000,
  body: { message: 'API rate limit exceeded for user ID 1.', ...docs },
}

/** Tokens of a GitHub App; those of an OAuth App (trait `static`) neither expire nor renew. */
const tokens = (told: Told) =>
  told.account.traits.static
    ? { access_token: told.access, scope: 'read:user', token_type: 'bearer' }
    : {
        access_token: told.access,
        expires_in: told.expiresIn,
        ...refreshField(told),
        ...(told.refresh ? { refresh_token_expires_in: told.refreshExpiresIn } : {}),
        scope: '',
        token_type: 'bearer',
      }

/** What is asked about a token with the client's own credentials. */
const aboutToken: Omit<Door, 'url' | 'does'> = {
  body: 'json',
  client: ['basic'],
  credential: [{ param: 'access_token' }],
}

/** GitHub: errors in answers of status 200, forms unless JSON is asked for, one living access token. */
export default {
  id: 'github',
  page: 'https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens',
  serves: ['github', 'github_app'],
  client: { id: 'Iv1.simulated', secret: 'simulated-github-secret' },
  account: { id: '583231', name: 'octocat' },
  tokens: {
    prefix: { access: 'ghu_', refresh: 'ghr_' },
    accessLife: 8 * HOUR,
    refreshLife: 15_897_600_000,
    refreshLifeFrom: 'refresh',
    presents: 'refresh',
    rotates: true,
    unrotated: 'absent',
    reuse: 'strict',
    liveAccess: 1,
  },
  doors: [
    consent('https://github.com/login/oauth/authorize', { pkce: 'optional' }),
    ...grants(
      {
        url: 'https://github.com/login/oauth/access_token',
        client: ['params'],
        formUnlessJson: true,
        answer: tokens,
      },
      { code: { when: { code: /./ } } }
    ),
    {
      ...aboutToken,
      url: 'https://api.github.com/applications/{client_id}/token',
      does: 'account',
      place: 'validation',
      answer: ({ account, client }) => ({
        id: 1,
        app: { name: 'Evergrant', client_id: client.id },
        user: { login: account.name, id: Number(account.id) },
      }),
    },
    {
      ...aboutToken,
      url: 'https://api.github.com/applications/{client_id}/token',
      does: 'revoke',
      method: 'DELETE',
      status: 204,
    },
    {
      ...aboutToken,
      url: 'https://api.github.com/applications/{client_id}/grant',
      does: 'revoke',
      method: 'DELETE',
      status: 204,
      ends: 'grant',
    },
    {
      url: 'https://api.github.com/user',
      does: 'account',
      place: 'profile',
      credential: [...BEARER, { header: 'token' }],
      answer: ({ account }) => ({ login: account.name, name: account.name, id: Number(account.id) }),
    },
  ],
  failures: [
    dead,
    variant(dead, 'dead_400', { status: 400 }),
    configuration,
    variant(configuration, 'unauthorized_client', {
      body: said('unauthorized_client', 'The client is not authorized.'),
    }),
    {
      name: 'locked',
      case: 'locked',
      at: TOKEN,
      class: 'locked',
      status: 200,
      body: said('unverified_user_email', 'The user must have a verified primary email.'),
    },
    limited,
    variant(limited, 'rate_limited_429', { status: 429 }),
    variant(limited, 'rate_limited_secondary', {
      at: PROFILE,
      headers: { 'retry-after': '60' },
      wait: 60_000,
      body: { message: 'You have exceeded a secondary rate limit.', ...docs },
    }),
    {
      name: 'no_server',
      case: 'unavailable',
      at: TOKEN,
      class: 'unavailable',
      status: 503,
      body: { message: 'No server is currently available to service your request.' },
    },
    {
      name: 'suspended',
      case: 'suspended',
      at: PROFILE,
      class: 'suspended',
      status: 403,
      body: { message: 'Sorry. Your account was suspended.', ...docs },
    },
    {
      name: 'bad_credentials',
      case: 'token_refused',
      at: PROFILE,
      class: 'rejected',
      status: 401,
      body: { message: 'Bad credentials', ...docs, status: '401' },
    },
    {
      name: 'no_such_token',
      case: 'token_refused',
      at: ['validation'],
      class: 'rejected',
      status: 404,
      body: { message: 'Not Found', ...docs },
    },
  ],
  refusals: {
    code: { status: 200, body: said('bad_verification_code', 'The code passed is incorrect or expired.') },
  },
} satisfies Dialect
