import type { Dialect, NamedFailure, Place, Reply, Violation } from '#simulator/types'

/** The general forms of what nobody's dialect changes: an outage, and answers that nobody can read. */
export const FAULTS: readonly NamedFailure[] = [
  {
    name: 'unavailable',
    case: 'unavailable',
    at: ['token'],
    class: 'unavailable',
    status: 503,
    body: { error: 'temporarily_unavailable' },
  },
  ...malformed('malformed_html', '<!doctype html><title>One moment</title><p>We are checking your browser.'),
  ...malformed('malformed_truncated', '{"access_token":"cut-off","token_type":"bearer","expires_'),
  ...malformed('malformed_empty', {}),
]

function malformed(name: string, body: unknown): NamedFailure[] {
  return [{ name, case: 'other', at: ['token'], class: 'ambiguous', status: 200, body }]
}

/** Modes that are not one answer, with what each does. */
export const MODES: Readonly<Record<string, string>> = {
  success: 'answers the truth',
  rotated: 'a refresh gives a new refresh token',
  not_rotated: 'a refresh gives no new refresh token',
  without_refresh_token: 'the answer leaves the refresh token out',
  extended: 'an exchange gives a whole new life',
  not_extended: 'an exchange gives no new life',
  lost: 'a refresh is granted, then the connection is cut',
  double_use: 'somebody else has used the token just before',
  false_revocation: 'answers as if the token were dead, though it lives',
}

/** The failure that an account is told to say, if it holds at this place. */
export function failureNamed(dialect: Dialect, name: string): NamedFailure | null {
  const all = [...dialect.failures, ...FAULTS]
  return all.find((failure) => failure.name === name) ?? null
}

/** The first failure of a case that is met at a place. */
export function failureFor(dialect: Dialect, kind: NamedFailure['case'], place: Place): NamedFailure | null {
  return dialect.failures.find((failure) => failure.case === kind && failure.at.includes(place)) ?? null
}

/** What a dialect says to a request of the wrong shape. */
export function refusal(dialect: Dialect, violation: Violation): Reply {
  const own = dialect.refusals?.[violation]
  if (own) return own
  const client = violation === 'client' || violation === 'double_client'
  return (client ? failureFor(dialect, 'configuration', 'token') : null) ?? REFUSALS[violation]
}

const badRequest = (error_description: string, error = 'invalid_request'): Reply => ({
  status: 400,
  body: { error, error_description },
})

const REFUSALS: Readonly<Record<Violation, Reply>> = {
  path: { status: 404, body: { error: 'not_found' } },
  method: { status: 405, body: { error: 'method_not_allowed' } },
  body: { status: 415, body: { error: 'unsupported_media_type' } },
  client: { status: 401, headers: { 'www-authenticate': 'Basic' }, body: { error: 'invalid_client' } },
  double_client: badRequest('More than one way of client authentication'),
  header: badRequest('A header is missing'),
  param: badRequest('A parameter is missing or wrong'),
  grant: badRequest('No such grant here', 'unsupported_grant_type'),
  code: badRequest('The code is wrong or spent', 'invalid_grant'),
  verifier: badRequest('The code verifier does not fit', 'invalid_grant'),
  too_young: badRequest('The token is too young'),
}
