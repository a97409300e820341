import { defineProvider } from '#oauth/define_provider'
import { optionalText } from '#oauth/own'
import { clientRequest } from '#oauth/own_request'
import { KNOWN_ERRORS } from '#oauth/providers/known_errors'

const DAY = 86_400_000

export default defineProvider({
  id: 'linkedin',
  name: 'LinkedIn',
  docs: 'https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens',
  console: 'https://www.linkedin.com/developers/apps',
  checkedOn: '2026-11-21',
  server: {
    authorization_endpoint: 'https://www.linkedin.com/oauth/v2/authorization',
    token_endpoint: 'https://www.linkedin.com/oauth/v2/accessToken',
    revocation_endpoint: 'https://www.linkedin.com/oauth/v2/revoke',
    introspection_endpoint: 'https://www.linkedin.com/oauth/v2/introspectToken',
    userinfo_endpoint: 'https://api.linkedin.com/v2/userinfo',
  },
  clientAuth: 'client_secret_post',
  pkce: false,
  scopes: ['openid', 'profile', 'email'],
  refresh: { assumedLifetime: '60d', grantLifetime: '365d', rotation: 'never', reuse: 'static' },
  failures: [
    {
      at: 'token',
      status: [400, 401],
      error: 'invalid_request',
      message: /invalid, expired or revoked/i,
      class: 'rejected',
    },
    { at: 'account', where: { path: 'serviceErrorCode', is: /^6560[12]$/ }, class: 'rejected' },
    { where: { path: 'serviceErrorCode', is: 101 }, class: 'rate_limited' },
  ],
  knownErrors: KNOWN_ERRORS.linkedin,
  // The quota is one of the day, which ends at midnight UTC.
  rateLimitWait: ({ body, receivedAt }) => (body.serviceErrorCode === 101 ? DAY - (receivedAt % DAY) : null),
  // The ID token comes without the nonce of the request (reported), so the profile call says who it is.
  readTokenSet: ({ id_token: _, ...body }) => body,
  // https://learn.microsoft.com/en-us/linkedin/shared/authentication/token-introspection
  validation: {
    url: 'https://www.linkedin.com/oauth/v2/introspectToken',
    method: 'POST',
    request: ({ provider, accessToken }) =>
      clientRequest({ provider, url: provider.validation?.url, fields: { token: accessToken } }),
    verdict: (body) =>
      body.active === true
        ? null
        : { class: 'rejected', code: `token_${optionalText(body.status) ?? 'inactive'}` },
    account: () => null,
  },
  quirks: [
    'Only approved partners get refresh tokens; everybody else logs in again every 60 days.',
    'The grant ends 365 days after the consent, and no refresh extends it; near the end access tokens live shorter.',
    'The same refresh token comes back with each answer.',
    'A day quota (code 101) ends at midnight UTC and comes without Retry-After.',
    'The revocation endpoint is reported, but not in the documentation.',
  ],
})
