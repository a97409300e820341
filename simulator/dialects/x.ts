import { BEARER, consent, grants, PROFILE, refreshField, TOKEN, variant } from '#simulator/dialects/parts'
import { DAY, epochIn, HOUR, SECOND } from '#simulator/times'
import type { Dialect, Door, NamedFailure, Told } from '#simulator/types'

const dead: NamedFailure = {
  name: 'dead',
  case: 'dead',
  at: TOKEN,
  class: 'rejected',
  status: 400,
  body: { error: 'invalid_request', error_description: 'Value passed for the token was invalid.' },
}

const configuration: NamedFailure = {
  name: 'configuration',
  case: 'configuration',
  at: TOKEN,
  class: 'configuration',
  status: 401,
  body: { error: 'unauthorized_client', error_description: 'Missing valid authorization header' },
}

const limited: NamedFailure = {
  name: 'rate_limited',
  case: 'rate_limited',
  at: ['token', 'profile'],
  class: 'rate_limited',
  status: 429,
  headers: { 'x-rate-limit-limit': '75', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': epochIn(300) },
  wait: 300_000,
  body: { title: 'Too Many Requests', detail: 'Too Many Requests', type: 'about:blank', status: 429 },
  unverified: true,
}

const problem = (title: string, detail: string, type: string) => ({
  title,
  detail,
  status: 403,
  type: `https://api.twitter.com/2/problems/${type}`,
})

const suspended: NamedFailure = {
  name: 'suspended',
  case: 'suspended',
  at: PROFILE,
  class: 'suspended',
  status: 403,
  body: problem('Forbidden', 'The user used for authentication is suspended', 'user-suspended'),
}

const coded = (code: number, message: string) => ({ errors: [{ code, message }] })

const tokens = (told: Told) => ({
  token_type: 'bearer',
  expires_in: told.expiresIn,
  access_token: told.access,
  scope: told.scope,
  ...refreshField(told),
})

/** The two names of one host. */
const at = (host: string): Door[] => [
  ...grants(
    {
      url: `https://${host}/2/oauth2/token`,
      client: ['basic', 'public'],
      basicAlone: true,
      answer: tokens,
    },
    { code: { params: { code_verifier: /^[\w.~-]{43,128}$/ } } }
  ),
  {
    url: `https://${host}/2/oauth2/revoke`,
    does: 'revoke',
    body: 'form',
    client: ['basic', 'public'],
    basicAlone: true,
    credential: [{ param: 'token' }],
    answer: () => ({ revoked: true }),
  },
  {
    url: `https://${host}/2/users/me`,
    does: 'account',
    place: 'profile',
    credential: BEARER,
    answer: ({ account }) => ({ data: { id: account.id, name: account.name, username: account.name } }),
  },
]

/** X: single use, Basic and nothing beside it, PKCE for everybody. */
export default {
  id: 'x',
  page: 'https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code',
  serves: ['x'],
  client: { id: 'simulated-x-client', secret: 'simulated-x-secret' },
  account: { id: '2244994945', name: 'someone' },
  tokens: {
    prefix: { access: '', refresh: '' },
    accessLife: 2 * HOUR,
    refreshLife: 183 * DAY,
    refreshLifeFrom: 'refresh',
    presents: 'refresh',
    rotates: true,
    unrotated: 'absent',
    reuse: 'strict',
    scope: 'tweet.read users.read offline.access',
    unverified: ['refreshLife', 'refreshLifeFrom'],
  },
  doors: [
    ...['x.com', 'twitter.com'].map((host) =>
      consent(
        `https://${host}/i/oauth2/authorize`,
        { pkce: 'demanded', codeLife: 30 * SECOND, offline: { scope: /(^| )offline\.access( |$)/ } },
        { scope: /(^| )users\.read( |$)/ }
      )
    ),
    ...at('api.x.com'),
    ...at('api.twitter.com'),
  ],
  failures: [
    dead,
    variant(dead, 'dead_by_rfc', { body: { error: 'invalid_grant' } }),
    configuration,
    variant(configuration, 'missing_parameter', {
      status: 400,
      body: { error: 'invalid_request', error_description: 'Missing required parameter [client_id].' },
    }),
    variant(configuration, 'app_suspended', {
      at: PROFILE,
      status: 403,
      body: problem('Forbidden', 'The application is suspended', 'app-suspended'),
    }),
    variant(configuration, 'plan', {
      at: PROFILE,
      status: 403,
      body: { errors: [{ message: 'Your account is not permitted to access this feature.' }] },
      unverified: true,
    }),
    variant(configuration, 'credits', {
      at: PROFILE,
      status: 402,
      body: { title: 'Payment Required', detail: 'credits exhausted', type: 'about:blank', status: 402 },
      unverified: true,
    }),
    limited,
    variant(limited, 'rate_limited_legacy', { body: coded(88, 'Rate limit exceeded'), unverified: false }),
    variant(limited, 'rate_limited_for_ever', {
      means: 'a limit that ends in ten days, cut to one day,',
      headers: { 'x-rate-limit-reset': epochIn(864_000) },
      wait: DAY,
    }),
    suspended,
    variant(suspended, 'suspended_64', {
      body: coded(64, 'Your account is suspended and is not permitted to access this feature'),
      unverified: true,
    }),
    variant(suspended, 'suspended_63', { body: coded(63, 'User has been suspended.') }),
    {
      name: 'locked',
      case: 'locked',
      at: PROFILE,
      class: 'locked',
      status: 403,
      body: coded(
        326,
        'To protect our users from spam and other malicious activity, this account is temporarily locked. Please log in to https://twitter.com to unlock your account.'
      ),
    },
    {
      name: 'unauthorized',
      case: 'token_refused',
      at: PROFILE,
      class: 'rejected',
      status: 401,
      body: { title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' },
    },
  ],
  refusals: {
    param: {
      status: 400,
      body: { error: 'invalid_request', error_description: 'Missing required parameter.' },
    },
    code: {
      status: 400,
      body: {
        error: 'invalid_request',
        error_description: 'Value passed for the authorization code was invalid.',
      },
    },
  },
} satisfies Dialect
