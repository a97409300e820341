import { defineProvider } from '#oauth/define_provider'
import { at, optionalText } from '#oauth/own'
import { KNOWN_ERRORS } from '#oauth/providers/known_errors'
import type { AccountEndpoint, ClientRegistration, FailureRule, Provider } from '#oauth/types'

const PROFILE: AccountEndpoint = {
  url: 'https://api.x.com/2/users/me?user.fields=profile_image_url',
  account: (body) => ({
    id: optionalText(at(body, 'data.id')) ?? '',
    username: optionalText(at(body, 'data.username')),
    displayName: optionalText(at(body, 'data.name')),
    avatarUrl: optionalText(at(body, 'data.profile_image_url')),
  }),
}

const FAILURES: FailureRule[] = [
  {
    at: 'token',
    status: [400, 401],
    error: 'invalid_request',
    message: /value passed for the token was invalid/i,
    class: 'rejected',
  },
  { where: { path: 'type', is: /\/problems\/user-suspended$/ }, class: 'suspended' },
  { where: { path: 'type', is: /\/problems\/app-suspended$/ }, class: 'configuration' },
  { error: '326', class: 'locked', instruction: 'Log in at x.com and unlock the account there.' },
  { error: ['63', '64'], class: 'suspended' },
  { error: '88', class: 'rate_limited' },
  { status: 402, class: 'configuration' },
  { status: 403, message: /not permitted to access this feature/i, class: 'configuration' },
]

/** X, with OAuth 2.0 and, where the consumer of an OAuth 1.0a application is given, the signed calls of that too. */
export function xProvider(consumer: ClientRegistration | null): Provider {
  return defineProvider({
    id: 'x',
    name: 'X',
    docs: 'https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code',
    console: 'https://developer.x.com/en/portal/dashboard',
    checkedOn: '2026-11-21',
    server: {
      authorization_endpoint: 'https://x.com/i/oauth2/authorize',
      token_endpoint: 'https://api.x.com/2/oauth2/token',
      revocation_endpoint: 'https://api.x.com/2/oauth2/revoke',
    },
    clientAuth: 'client_secret_basic',
    publicClientAuth: 'none',
    basicEncoding: 'raw',
    scopes: ['tweet.read', 'users.read', 'offline.access'],
    refresh: { margin: '1h', assumedLifetime: '2h', rotation: 'always', reuse: 'strict' },
    rateLimitResets: [{ header: 'x-rate-limit-reset', unit: 'epoch_seconds' }],
    failures: FAILURES,
    knownErrors: KNOWN_ERRORS.x,
    profile: PROFILE,
    oauth1: { consumer, validation: PROFILE },
    quirks: [
      'Each refresh token works once; the old one is dead at once, without grace.',
      'The use of a spent refresh token is reported to end the whole grant.',
      'Without the scope offline.access there is no refresh token.',
      'The Basic header holds id and secret as they are; form-encoding them breaks it.',
      'An authorization code lives for 30 seconds.',
      'Refresh tokens are reported to end after six months; the vendor does not say so.',
      'There is no validation endpoint; the profile call stands in, and is limited and billed.',
    ],
  })
}
