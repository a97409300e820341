import { BEARER, consent, grants, refreshField, TOKEN, variant } from '#simulator/dialects/parts'
import { DAY } from '#simulator/times'
import type { Dialect, NamedFailure } from '#simulator/types'

const dead: NamedFailure = {
  name: 'dead',
  case: 'dead',
  at: TOKEN,
  class: 'rejected',
  status: 400,
  body: {
    error: 'invalid_request',
    error_description: 'The provided authorization grant or refresh token is invalid, expired or revoked',
  },
}

const configuration: NamedFailure = {
  name: 'configuration',
  case: 'configuration',
  at: TOKEN,
  class: 'configuration',
  status: 401,
  body: { error: 'invalid_client', error_description: 'Client authentication failed' },
  unverified: true,
}

const untilMidnight = (now: number) => DAY - (now % DAY)

/** LinkedIn: the same refresh token for a year, counted from the consent; a quota that ends at midnight UTC. */
export default {
  id: 'linkedin',
  page: 'https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens',
  serves: ['linkedin'],
  client: { id: 'simulated-linkedin-client', secret: 'simulated-linkedin-secret' },
  account: { id: '782bbtaQ', name: 'Ada Example' },
  tokens: {
    prefix: { access: 'AQV', refresh: 'AQX' },
    accessLife: 60 * DAY,
    refreshLife: 365 * DAY,
    presents: 'refresh',
    rotates: false,
    unrotated: 'same',
    reuse: 'static',
    accessCapped: true,
    scope: 'openid profile email',
  },
  doors: [
    consent('https://www.linkedin.com/oauth/v2/authorization'),
    ...grants({
      url: 'https://www.linkedin.com/oauth/v2/accessToken',
      client: ['params'],
      answer: (told) => ({
        access_token: told.access,
        expires_in: told.expiresIn,
        ...refreshField(told),
        ...(told.refresh ? { refresh_token_expires_in: told.refreshExpiresIn } : {}),
        scope: told.scope,
      }),
    }),
    {
      url: 'https://www.linkedin.com/oauth/v2/introspectToken',
      does: 'account',
      place: 'validation',
      body: 'form',
      client: ['params'],
      credential: [{ param: 'token' }],
      answer: ({ client, scope, issuedAt, now, expiresIn }) => ({
        active: true,
        status: 'active',
        client_id: client.id,
        scope: scope.replaceAll(' ', ','),
        auth_type: '3L',
        authorized_at: Math.floor(issuedAt / 1_000),
        created_at: Math.floor(issuedAt / 1_000),
        expires_at: Math.floor(now / 1_000) + (expiresIn ?? 0),
      }),
    },
    {
      url: 'https://api.linkedin.com/v2/userinfo',
      does: 'account',
      place: 'profile',
      credential: BEARER,
      answer: ({ account }) => ({ sub: account.id, name: account.name, email: 'ada@example.com' }),
    },
    {
      url: 'https://www.linkedin.com/oauth/v2/revoke',
      does: 'revoke',
      body: 'form',
      client: ['params'],
      credential: [{ param: 'token' }],
      unverified: true,
    },
  ],
  failures: [
    dead,
    variant(dead, 'dead_by_rfc', { body: { error: 'invalid_grant' }, unverified: true }),
    variant(dead, 'dead_by_rfc_401', { status: 401, body: { error: 'invalid_grant' }, unverified: true }),
    configuration,
    variant(configuration, 'missing_parameter', {
      status: 400,
      body: { error: 'invalid_request', error_description: 'A required parameter "client_id" is missing' },
      unverified: false,
    }),
    {
      name: 'rate_limited',
      case: 'rate_limited',
      at: ['token', 'profile'],
      class: 'rate_limited',
      status: 429,
      wait: untilMidnight,
      body: {
        status: 429,
        serviceErrorCode: 101,
        code: 'TOO_MANY_REQUESTS',
        message:
          'Resource level throttle APPLICATION_AND_MEMBER DAY limit for calls to this resource is reached.',
      },
    },
    {
      name: 'revoked_access_token',
      case: 'token_refused',
      at: ['profile'],
      class: 'rejected',
      status: 401,
      body: {
        status: 401,
        serviceErrorCode: 65_601,
        code: 'REVOKED_ACCESS_TOKEN',
        message: 'The token used in the request has been revoked by the user',
      },
    },
    {
      name: 'inactive',
      case: 'token_refused',
      at: ['validation'],
      class: 'rejected',
      status: 200,
      body: { active: false },
    },
  ],
} satisfies Dialect
