import { TOKEN, variant } from '#simulator/dialects/parts'
import type { NamedFailure, Place } from '#simulator/types'

/** The envelope of the Graph API, which both Facebook and Instagram speak. */
export function graphError(code: number, message: string, more: Record<string, unknown> = {}) {
  return { error: { message, type: 'OAuthException', code, fbtrace_id: 'A1', ...more } }
}

const BOTH: readonly Place[] = ['token', 'profile']
const session = (subcode: number, words: string) => ({
  body: graphError(190, `Error validating access token: ${words}`, { error_subcode: subcode }),
})

const dead: NamedFailure = {
  name: 'dead',
  case: 'dead',
  at: TOKEN,
  class: 'rejected',
  status: 400,
  ...session(458, 'The user has not authorized application 1.'),
}

const locked: NamedFailure = {
  name: 'locked',
  case: 'locked',
  at: BOTH,
  class: 'locked',
  status: 400,
  ...session(459, 'You cannot access the app till you log in to www.facebook.com.'),
  unverified: true,
}

const limited: NamedFailure = {
  name: 'rate_limited',
  case: 'rate_limited',
  at: BOTH,
  class: 'rate_limited',
  status: 400,
  body: graphError(4, '(#4) Application request limit reached', { is_transient: true }),
}

const usage = JSON.stringify({
  '1': [{ type: 'pages', call_count: 100, estimated_time_to_regain_access: 5 }],
})

const transient: NamedFailure = {
  name: 'unavailable_2',
  case: 'unavailable',
  at: TOKEN,
  class: 'unavailable',
  status: 400,
  body: graphError(2, 'An unexpected error has occurred.', { is_transient: true }),
}

/** What the Graph API says by code and subcode. `configurationCode` is the one that comes with a wrong secret. */
export function graphFailures(configurationCode: number): NamedFailure[] {
  return [
    dead,
    variant(dead, 'dead_460', session(460, 'The session has been invalidated because the password changed.')),
    variant(dead, 'dead_463', session(463, 'Session has expired on (date).')),
    variant(dead, 'dead_467', session(467, 'The session is invalid because the user logged out.')),
    variant(dead, 'dead_492', session(492, 'Session does not match.')),
    variant(dead, 'dead_493', session(493, 'No engagement for more than 90 days.')),
    variant(dead, 'dead_no_subcode', { body: graphError(190, 'Invalid OAuth access token.') }),
    variant(dead, 'dead_102', { body: graphError(102, 'Session key invalid.') }),
    locked,
    variant(locked, 'locked_464', session(464, 'The user is not a confirmed user.')),
    {
      name: 'suspended',
      case: 'suspended',
      at: BOTH,
      class: 'suspended',
      status: 400,
      body: graphError(368, 'The action attempted has been deemed abusive or is otherwise disallowed.'),
      unverified: true,
    },
    {
      name: 'configuration',
      case: 'configuration',
      at: TOKEN,
      class: 'configuration',
      status: 400,
      body: graphError(configurationCode, 'Error validating client secret.'),
    },
    limited,
    variant(limited, 'rate_limited_user', { body: graphError(17, '(#17) User request limit reached') }),
    variant(limited, 'rate_limited_page', { body: graphError(32, '(#32) Page request limit reached') }),
    variant(limited, 'rate_limited_custom', {
      body: graphError(613, '(#613) Calls to this api have exceeded the rate limit.'),
      headers: { 'x-business-use-case-usage': usage },
      wait: 300_000,
    }),
    transient,
    variant(transient, 'unavailable_1', { body: graphError(1, 'An unknown error occurred.') }),
    {
      name: 'expired_access_token',
      case: 'token_refused',
      at: ['profile'],
      class: 'rejected',
      status: 400,
      ...session(463, 'Session has expired on (date).'),
    },
  ]
}
