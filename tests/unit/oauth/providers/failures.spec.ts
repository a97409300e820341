/**
 * What each provider's own answers mean, at its token endpoint and at its account endpoints.
 */
import { test } from '@japa/runner'
import { classifyFailure } from '#oauth/classify_failure'
import type { FailureClass } from '#oauth/types'
import { answered } from '../helpers.js'
import { builtIn, IDS } from './helpers.js'

type Case = [place: 'token' | 'account', status: number, body: unknown, expected: FailureClass]

const HTML = '<!doctype html><title>Too Many Requests</title>'
const CLOUDFLARE = '<html><title>Access denied</title>error code: 1015, you are being rate limited</html>'
const message = (text: string, status = 400) => ({ status, message: text })
const oauth = (error: string | number, description = '') => ({ error, error_description: description })
const graph = (code: number, subcode?: number, more: object = {}) => ({
  error: { message: 'words', type: 'OAuthException', code, error_subcode: subcode, fbtrace_id: 'A', ...more },
})
const google = (reason: string) => ({
  error: { code: 403, message: 'words', errors: [{ domain: 'd', reason }] },
})
const slack = (error: string) => ({ ok: false, error })
const notion = (status: number, code: string) => ({ object: 'error', status, code, message: 'words' })
const X_PROBLEM = 'https://api.twitter.com/2/problems'

const GRAPH: Case[] = [
  ['token', 400, graph(190, 458), 'rejected'],
  ['token', 400, graph(190, 459), 'locked'],
  ['token', 400, graph(190, 460), 'rejected'],
  ['token', 400, graph(190, 463), 'rejected'],
  ['token', 400, graph(190, 464), 'locked'],
  ['token', 400, graph(190, 467), 'rejected'],
  ['token', 400, graph(190, 492), 'rejected'],
  ['token', 401, graph(190, 493), 'rejected'],
  ['token', 400, graph(190), 'rejected'],
  ['account', 401, graph(190), 'rejected'],
  ['token', 400, graph(102), 'rejected'],
  ['token', 400, graph(368), 'suspended'],
  ['account', 403, graph(10), 'configuration'],
  ['account', 403, graph(200), 'configuration'],
  ['account', 403, graph(299), 'configuration'],
  ['token', 400, graph(1, undefined, { message: 'Error validating client secret.' }), 'configuration'],
  ['token', 400, graph(100, undefined, { message: 'Error validating client secret.' }), 'configuration'],
  ['token', 400, graph(1), 'unavailable'],
  ['token', 500, graph(2), 'unavailable'],
  ['token', 400, graph(999, undefined, { is_transient: true }), 'unavailable'],
  ['token', 400, graph(4, undefined, { is_transient: true }), 'rate_limited'],
  ['token', 400, graph(17), 'rate_limited'],
  ['account', 403, graph(32), 'rate_limited'],
  ['account', 400, graph(613), 'rate_limited'],
  ['token', 500, graph(190, 458), 'unavailable'],
  ['token', 400, graph(100), 'unknown'],
]

const GOOGLE: Case[] = [
  ['token', 400, oauth('invalid_grant', 'Token has been expired or revoked.'), 'rejected'],
  ['token', 400, oauth('invalid_grant', 'Bad Request'), 'rejected'],
  [
    'token',
    400,
    { ...oauth('invalid_grant', 'reauth related error (invalid_rapt)'), error_subtype: 'invalid_rapt' },
    'locked',
  ],
  ['token', 401, oauth('invalid_client', 'The OAuth client was not found.'), 'configuration'],
  ['token', 401, oauth('deleted_client'), 'configuration'],
  ['token', 400, oauth('internal_failure'), 'unavailable'],
  ['token', 400, oauth('invalid_grant', 'server_error'), 'unavailable'],
  ['token', 400, oauth('temporarily_unavailable'), 'unavailable'],
  ['token', 408, oauth('timeout'), 'unavailable'],
  ['token', 503, oauth('server_error'), 'unavailable'],
  ['account', 403, google('authenticatedUserAccountSuspended'), 'suspended'],
  ['account', 403, google('authenticatedUserAccountClosed'), 'suspended'],
  ['account', 403, google('quotaExceeded'), 'rate_limited'],
  ['account', 403, google('rateLimitExceeded'), 'rate_limited'],
  ['account', 403, google('userRateLimitExceeded'), 'rate_limited'],
  ['account', 403, google('accessNotConfigured'), 'configuration'],
  ['account', 401, { error: { code: 401, status: 'UNAUTHENTICATED', message: 'words' } }, 'rejected'],
  ['account', 400, oauth('invalid_token', 'Invalid Value'), 'rejected'],
]

const SLACK: Case[] = [
  ['token', 200, slack('invalid_refresh_token'), 'rejected'],
  ['token', 200, slack('refresh_token_expired'), 'rejected'],
  ...['bad_client_secret', 'invalid_client_id', 'invalid_grant_type', 'token_rotation_not_enabled'].map(
    (error): Case => ['token', 200, slack(error), 'configuration']
  ),
  ...['token_expired', 'token_revoked', 'invalid_auth'].map((error): Case => [
    'account',
    200,
    slack(error),
    'rejected',
  ]),
  ['account', 200, slack('account_inactive'), 'suspended'],
  ['token', 200, slack('account_inactive'), 'suspended'],
  ['account', 200, slack('org_login_required'), 'locked'],
  ...['internal_error', 'fatal_error', 'service_unavailable'].map((error): Case => [
    'token',
    200,
    slack(error),
    'unavailable',
  ]),
  ['token', 200, slack('ratelimited'), 'rate_limited'],
  ['token', 429, slack('ratelimited'), 'rate_limited'],
  ['token', 200, slack('something_new'), 'unknown'],
]

const CASES: Record<string, Case[]> = {
  twitch: [
    ['token', 400, message('Invalid refresh token'), 'rejected'],
    ['token', 400, { error: 'Bad Request', ...message('Invalid refresh token') }, 'rejected'],
    ['token', 401, message('Invalid refresh token', 401), 'rejected'],
    ['token', 400, message('Invalid grant'), 'rejected'],
    ['token', 400, message('missing client secret'), 'configuration'],
    ['token', 400, message('invalid client'), 'configuration'],
    ['token', 403, message('invalid client secret', 403), 'configuration'],
    ['account', 401, message('invalid access token', 401), 'rejected'],
    ['account', 401, { error: 'Unauthorized', ...message('Invalid OAuth token', 401) }, 'rejected'],
    ['account', 429, { error: 'Too Many Requests', ...message('Too many requests', 429) }, 'rate_limited'],
    ['token', 429, HTML, 'rate_limited'],
    ['token', 400, '<html>Invalid refresh token</html>', 'ambiguous'],
  ],
  x: [
    ['token', 400, oauth('invalid_request', 'Value passed for the token was invalid.'), 'rejected'],
    ['token', 400, oauth('invalid_grant'), 'rejected'],
    ['token', 400, oauth('invalid_request', 'Missing required parameter [refresh_token].'), 'configuration'],
    ['token', 401, oauth('unauthorized_client', 'Missing valid authorization header'), 'configuration'],
    ['account', 403, { title: 'Forbidden', status: 403, type: `${X_PROBLEM}/user-suspended` }, 'suspended'],
    ['token', 403, { title: 'Forbidden', status: 403, type: `${X_PROBLEM}/user-suspended` }, 'suspended'],
    [
      'account',
      403,
      { title: 'Forbidden', status: 403, type: `${X_PROBLEM}/app-suspended` },
      'configuration',
    ],
    ['account', 403, { errors: [{ code: 326, message: 'temporarily locked' }] }, 'locked'],
    ['account', 403, { errors: [{ code: 63, message: 'User has been suspended' }] }, 'suspended'],
    ['account', 403, { errors: [{ code: 64, message: 'Your account is suspended' }] }, 'suspended'],
    ['account', 403, { detail: 'Your account is not permitted to access this feature.' }, 'configuration'],
    ['account', 402, { title: 'CreditsDepleted' }, 'configuration'],
    ['account', 429, { title: 'Too Many Requests', type: 'about:blank', status: 429 }, 'rate_limited'],
    ['account', 429, { errors: [{ code: 88, message: 'Rate limit exceeded' }] }, 'rate_limited'],
    ['account', 401, { title: 'Unauthorized', type: 'about:blank', status: 401 }, 'rejected'],
  ],
  spotify: [
    ['token', 400, oauth('invalid_grant', 'Refresh token revoked'), 'rejected'],
    ['token', 400, oauth('invalid_grant', 'Invalid refresh token'), 'rejected'],
    ['token', 400, oauth('invalid_client', 'Invalid client secret'), 'configuration'],
    [
      'account',
      403,
      { error: { status: 403, message: 'User not registered in the Developer Dashboard' } },
      'configuration',
    ],
    ['account', 401, { error: { status: 401, message: 'The access token expired' } }, 'rejected'],
    ['account', 429, { error: { status: 429, message: 'API rate limit exceeded' } }, 'rate_limited'],
  ],
  discord: [
    ['token', 400, oauth('invalid_grant', 'Invalid "refresh_token" in request'), 'rejected'],
    ['token', 400, oauth('invalid_grant'), 'rejected'],
    ['token', 400, oauth('invalid_request', 'Invalid "refresh_token" in request'), 'rejected'],
    ['token', 400, oauth('invalid_request', 'Missing "refresh_token" in request'), 'configuration'],
    ['token', 401, oauth('invalid_client'), 'configuration'],
    ['account', 401, { message: '401: Unauthorized', code: 0 }, 'rejected'],
    ['account', 403, { message: 'Invalid OAuth2 access token provided', code: 50025 }, 'rejected'],
    [
      'token',
      429,
      { message: 'You are being rate limited.', retry_after: 64.57, global: false },
      'rate_limited',
    ],
    ['token', 429, CLOUDFLARE, 'rate_limited'],
    ['token', 403, CLOUDFLARE, 'rate_limited'],
    ['account', 403, CLOUDFLARE, 'rate_limited'],
  ],
  google: GOOGLE,
  youtube: GOOGLE,
  gmail: GOOGLE,
  google_calendar: GOOGLE,
  github: [
    [
      'token',
      200,
      oauth('bad_refresh_token', 'The refresh token passed is incorrect or expired.'),
      'rejected',
    ],
    ['token', 400, oauth('bad_refresh_token'), 'rejected'],
    ['token', 200, oauth('incorrect_client_credentials'), 'configuration'],
    ['token', 200, oauth('unauthorized_client'), 'configuration'],
    ['token', 200, oauth('unverified_user_email'), 'locked'],
    ['account', 401, { message: 'Bad credentials', status: '401' }, 'rejected'],
    ['account', 403, { message: 'Sorry. Your account was suspended.' }, 'suspended'],
    ['account', 403, { message: 'API rate limit exceeded for user ID 1.' }, 'rate_limited'],
    ['account', 403, { message: 'You have exceeded a secondary rate limit.' }, 'rate_limited'],
    ['account', 429, { message: 'API rate limit exceeded for user ID 1.' }, 'rate_limited'],
    ['account', 404, { message: 'Not Found' }, 'rejected'],
    ['token', 503, { message: 'No server is currently available to service your request.' }, 'unavailable'],
    ['account', 503, '<html>No server is currently available</html>', 'unavailable'],
  ],
  meta: GRAPH,
  meta_page: GRAPH,
  instagram: GRAPH,
  linkedin: [
    [
      'token',
      400,
      oauth(
        'invalid_request',
        'The provided authorization grant or refresh token is invalid, expired or revoked'
      ),
      'rejected',
    ],
    ['token', 400, oauth('invalid_grant'), 'rejected'],
    ['token', 401, oauth('invalid_grant'), 'rejected'],
    [
      'token',
      400,
      oauth('invalid_request', 'A required parameter "refresh_token" is missing'),
      'configuration',
    ],
    ['token', 401, oauth('invalid_client', 'Client authentication failed'), 'configuration'],
    ['account', 401, oauth('invalid_client', 'Client authentication failed'), 'configuration'],
    ['account', 401, { status: 401, serviceErrorCode: 65601, code: 'REVOKED_ACCESS_TOKEN' }, 'rejected'],
    ['account', 429, { status: 429, serviceErrorCode: 101, code: 'TOO_MANY_REQUESTS' }, 'rate_limited'],
  ],
  reddit: [
    ['token', 400, { error: 400 }, 'rejected'],
    ['token', 400, { message: 'Bad Request', error: 400 }, 'rejected'],
    ['token', 200, { error: 'invalid_grant' }, 'rejected'],
    ['token', 200, { error: 'unsupported_grant_type' }, 'configuration'],
    ['token', 401, { message: 'Unauthorized', error: 401 }, 'configuration'],
    ['token', 429, HTML, 'rate_limited'],
    ['account', 401, { message: 'Unauthorized', error: 401 }, 'rejected'],
  ],
  slack: SLACK,
  slack_user: SLACK,
  notion: [
    ['token', 400, notion(400, 'invalid_grant'), 'rejected'],
    ['token', 400, oauth('invalid_grant'), 'rejected'],
    ['token', 401, notion(401, 'invalid_client'), 'configuration'],
    ['account', 401, notion(401, 'unauthorized'), 'rejected'],
    ['account', 401, notion(401, 'invalid_client'), 'configuration'],
    ['account', 403, notion(403, 'restricted_resource'), 'configuration'],
    ['token', 429, notion(429, 'rate_limited'), 'rate_limited'],
    ['token', 500, notion(500, 'internal_server_error'), 'unavailable'],
    ['token', 503, notion(503, 'service_unavailable'), 'unavailable'],
    ['token', 409, notion(409, 'conflict_error'), 'unavailable'],
  ],
}

test.group('Provider dialects: failures', () => {
  test('every built-in provider has a table', ({ assert }) => assert.sameMembers(Object.keys(CASES), IDS))

  for (const [id, cases] of Object.entries(CASES)) {
    for (const [place, status, body, expected] of cases) {
      test(`${id}: ${status} ${JSON.stringify(body).slice(0, 90)} at the ${place} endpoint is ${expected}`, ({
        assert,
      }) => {
        const failure = classifyFailure(builtIn(id), answered(status, body), place)
        assert.equal(failure.class, expected)
        assert.equal(failure.instruction !== undefined, expected === 'locked')
      })
    }
  }

  for (const id of IDS) {
    test(`${id}: neither a page nor an empty body nor an outage speaks against a grant`, ({ assert }) => {
      for (const place of ['token', 'account'] as const) {
        for (const body of [
          '',
          HTML,
          '<html>invalid_grant bad_refresh_token user-suspended</html>',
          'Invalid refresh token',
        ]) {
          for (const status of [200, 400, 403, 500, 502, 503, 504]) {
            const kind = classifyFailure(builtIn(id), answered(status, body), place).class
            assert.notInclude(['rejected', 'suspended', 'locked'], kind, `${place} ${status} ${body}`)
          }
        }
      }
    })
  }
})
