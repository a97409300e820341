import { PROFILE, TOKEN, variant } from '#simulator/dialects/parts'
import type { NamedFailure } from '#simulator/types'

const YOUTUBE = ['youtube']

const dead: NamedFailure = {
  name: 'dead',
  case: 'dead',
  at: TOKEN,
  class: 'rejected',
  status: 400,
  body: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
}

const configuration: NamedFailure = {
  name: 'configuration',
  case: 'configuration',
  at: TOKEN,
  class: 'configuration',
  status: 401,
  body: { error: 'invalid_client', error_description: 'The OAuth client was not found.' },
}

const transient: NamedFailure = {
  name: 'internal_failure_400',
  case: 'unavailable',
  at: TOKEN,
  class: 'unavailable',
  status: 400,
  body: { error: 'internal_failure' },
}

const api = (code: number, message: string, domain: string, reason: string) => ({
  error: { code, message, errors: [{ domain, reason, message }] },
})

const limited: NamedFailure = {
  name: 'rate_limited_api',
  case: 'rate_limited',
  at: PROFILE,
  class: 'rate_limited',
  status: 403,
  body: api(403, 'Rate limit', 'usageLimits', 'userRateLimitExceeded'),
}

const suspended: NamedFailure = {
  name: 'suspended',
  case: 'suspended',
  at: PROFILE,
  providers: YOUTUBE,
  class: 'suspended',
  status: 403,
  body: api(403, 'suspended', 'youtube.common', 'authenticatedUserAccountSuspended'),
  unverified: true,
}

/** What Google says beside success. */
export const GOOGLE_FAILURES: readonly NamedFailure[] = [
  dead,
  variant(dead, 'dead_bad_request', {
    body: { error: 'invalid_grant', error_description: 'Bad Request' },
  }),
  {
    name: 'locked',
    case: 'locked',
    at: TOKEN,
    class: 'locked',
    status: 400,
    body: {
      error: 'invalid_grant',
      error_description: 'reauth related error (invalid_rapt)',
      error_subtype: 'invalid_rapt',
    },
  },
  configuration,
  variant(configuration, 'deleted_client', {
    body: { error: 'deleted_client', error_description: 'The OAuth client was deleted.' },
  }),
  variant(configuration, 'unauthorized', {
    body: { error: 'invalid_client', error_description: 'Unauthorized' },
  }),
  transient,
  variant(transient, 'server_error_400', { body: { error: 'server_error' } }),
  variant(transient, 'temporarily_unavailable_400', {
    body: { error: 'invalid_request', error_description: 'temporarily_unavailable' },
  }),
  {
    name: 'rate_limited',
    case: 'rate_limited',
    at: TOKEN,
    class: 'rate_limited',
    status: 429,
    body: { error: 'rate_limit_exceeded' },
    unverified: true,
  },
  limited,
  variant(limited, 'quota', { body: api(403, 'Quota', 'youtube.quota', 'quotaExceeded') }),
  variant(limited, 'rate', { body: api(403, 'Rate limit', 'usageLimits', 'rateLimitExceeded') }),
  suspended,
  variant(suspended, 'closed', {
    body: api(403, 'closed', 'youtube.common', 'authenticatedUserAccountClosed'),
  }),
  {
    name: 'unauthenticated',
    case: 'token_refused',
    at: PROFILE,
    class: 'rejected',
    status: 401,
    body: { error: { code: 401, status: 'UNAUTHENTICATED', message: 'Invalid credentials' } },
  },
  {
    name: 'invalid_token',
    case: 'token_refused',
    at: ['validation'],
    class: 'rejected',
    status: 400,
    body: { error: 'invalid_token', error_description: 'Invalid Value' },
    unverified: true,
  },
  {
    name: 'revoke_unknown',
    case: 'other',
    at: [],
    class: 'unknown',
    status: 400,
    body: { error: 'invalid_token' },
  },
]
