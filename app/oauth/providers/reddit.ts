import { defineProvider } from '#oauth/define_provider'
import { optionalText } from '#oauth/own'
import { KNOWN_ERRORS } from '#oauth/providers/known_errors'

// Reddit slows down clients that keep the name of their library.
const USER_AGENT = 'web:{client_id}:v1 (by /u/evergrant)'

export default defineProvider({
  id: 'reddit',
  name: 'Reddit',
  docs: 'https://github.com/reddit-archive/reddit/wiki/OAuth2',
  console: 'https://www.reddit.com/prefs/apps',
  checkedOn: '2026-11-21',
  server: {
    authorization_endpoint: 'https://www.reddit.com/api/v1/authorize',
    token_endpoint: 'https://www.reddit.com/api/v1/access_token',
    revocation_endpoint: 'https://www.reddit.com/api/v1/revoke_token',
  },
  clientAuth: 'client_secret_basic',
  pkce: false,
  scopes: ['identity'],
  // Otherwise there is no refresh token.
  authorizationParams: { duration: 'permanent' },
  tokenHeaders: { 'user-agent': USER_AGENT },
  refresh: { assumedLifetime: '1h', rotation: 'may', reuse: 'unknown', strikes: 2 },
  rateLimitResets: [{ header: 'x-ratelimit-reset', unit: 'seconds_left' }],
  // The code is the number of the status; nothing else tells that the refresh token is dead.
  failures: [{ at: 'token', status: 400, error: '400', class: 'rejected' }],
  knownErrors: KNOWN_ERRORS.reddit,
  profile: {
    url: 'https://oauth.reddit.com/api/v1/me',
    headers: { 'user-agent': USER_AGENT },
    verdict: (body) =>
      body.is_suspended === true
        ? { class: 'suspended', code: 'is_suspended', description: suspendedUntil(body) }
        : null,
    account: (body) => ({
      id: optionalText(body.id) ?? '',
      username: optionalText(body.name),
      // The address is written for HTML.
      avatarUrl: optionalText(body.icon_img)?.replaceAll('&amp;', '&'),
    }),
  },
  quirks: [
    'Every request needs a User-Agent that names the application and its maker; set token_headers to put your own name there.',
    'The refresh token lives until it is revoked; an answer holds it, usually unchanged.',
    'A dead refresh token is answered with the bare number 400, so the first refusal is always confirmed later.',
    'Some errors come with status 200, and rate limits in HTML.',
    'Rate headers count the seconds left, also at the token endpoint; about 100 requests a minute for one client.',
    'Access tokens are documented to live for an hour, and reported to live for a day.',
  ],
})

function suspendedUntil({ suspension_expiration_utc: end }: Record<string, unknown>): string {
  if (typeof end !== 'number' || !(end > 0 && end < 8.64e12)) return 'The account is suspended.'
  return `The account is suspended until ${new Date(end * 1_000).toISOString()}.`
}
