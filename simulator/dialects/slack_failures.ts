import { EVERYWHERE, TOKEN, variant } from '#simulator/dialects/parts'
import type { NamedFailure } from '#simulator/types'

/** The envelope of an error. */
export const said = (error: string) => ({ ok: false, error })

const dead: NamedFailure = {
  name: 'dead',
  case: 'dead',
  at: TOKEN,
  class: 'rejected',
  status: 200,
  body: said('invalid_refresh_token'),
}

const configuration: NamedFailure = {
  name: 'configuration',
  case: 'configuration',
  at: TOKEN,
  class: 'configuration',
  status: 200,
  body: said('bad_client_secret'),
}

const transient: NamedFailure = {
  name: 'internal_error',
  case: 'unavailable',
  at: TOKEN,
  class: 'unavailable',
  status: 200,
  body: said('internal_error'),
}

const refused: NamedFailure = {
  name: 'invalid_auth',
  case: 'token_refused',
  at: ['validation', 'profile'],
  class: 'rejected',
  status: 200,
  body: said('invalid_auth'),
}

/** What Slack says beside success, all but the limit in answers of status 200. */
export const SLACK_FAILURES: readonly NamedFailure[] = [
  dead,
  variant(dead, 'dead_expired', { body: said('refresh_token_expired') }),
  configuration,
  ...['invalid_client_id', 'invalid_grant_type', 'token_rotation_not_enabled'].map((error) =>
    variant(configuration, error, { body: said(error) })
  ),
  {
    name: 'rate_limited',
    case: 'rate_limited',
    at: EVERYWHERE,
    class: 'rate_limited',
    status: 429,
    headers: { 'retry-after': '30' },
    wait: 30_000,
    body: said('ratelimited'),
  },
  {
    name: 'suspended',
    case: 'suspended',
    at: EVERYWHERE,
    class: 'suspended',
    status: 200,
    body: said('account_inactive'),
  },
  {
    name: 'locked',
    case: 'locked',
    at: EVERYWHERE,
    class: 'locked',
    status: 200,
    body: said('org_login_required'),
  },
  transient,
  ...['fatal_error', 'service_unavailable'].map((error) => variant(transient, error, { body: said(error) })),
  refused,
  ...['token_revoked', 'token_expired'].map((error) => variant(refused, error, { body: said(error) })),
]
