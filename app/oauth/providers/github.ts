import { defineProvider } from '#oauth/define_provider'
import { at, isObject, optionalText } from '#oauth/own'
import { clientRequest, tokenHolderRequest } from '#oauth/own_request'
import { KNOWN_ERRORS } from '#oauth/providers/known_errors'
import type { AccountProfile, AccountRequestInput } from '#oauth/types'

function user(value: unknown): AccountProfile {
  return {
    id: optionalText(at(value, 'id')) ?? '',
    username: optionalText(at(value, 'login')),
    displayName: optionalText(at(value, 'name')),
    avatarUrl: optionalText(at(value, 'avatar_url')),
  }
}

// People issue personal tokens themselves; no application can ask about those, so the profile call stands in.
const PERSONAL = /^(ghp_|github_pat_)/

function validationRequest({ provider, accessToken }: AccountRequestInput) {
  if (PERSONAL.test(accessToken.reveal()) || !provider.client?.client_secret) {
    return tokenHolderRequest({ provider, url: provider.profile?.url, method: 'GET', accessToken })
  }
  return clientRequest({
    provider,
    url: provider.validation?.url,
    auth: 'client_secret_basic',
    format: 'json',
    fields: { access_token: accessToken },
  })
}

/**
 * OAuth Apps, personal tokens and GitHub Apps. Only the last have refresh tokens; the others never expire, so the
 * answer that names no lifetime means just that.
 */
export default defineProvider({
  id: 'github',
  name: 'GitHub',
  docs: 'https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens',
  console: 'https://github.com/settings/developers',
  checkedOn: '2026-11-21',
  server: {
    authorization_endpoint: 'https://github.com/login/oauth/authorize',
    token_endpoint: 'https://github.com/login/oauth/access_token',
    revocation_endpoint: 'https://api.github.com/applications/{client_id}/grant',
  },
  clientAuth: 'client_secret_post',
  scopes: ['read:user'],
  // A GitHub App's answers name both lives themselves: 8 hours, and about six months from each refresh.
  refresh: { assumedLifetime: null, grantLifetimeFrom: 'refresh', rotation: 'always', reuse: 'strict' },
  rateLimitWait: ({ headers, receivedAt }) =>
    headers.get('x-ratelimit-remaining') === '0'
      ? Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * 1_000 - receivedAt
      : 60_000,
  failures: [
    { error: 'bad_verification_code', class: 'rejected' },
    {
      error: 'unverified_user_email',
      class: 'locked',
      instruction: 'Verify the e-mail address of the account at GitHub, then try again.',
    },
    { status: 403, message: /account was suspended/i, class: 'suspended' },
    { status: 403, message: /rate limit|abuse detection/i, class: 'rate_limited' },
    // What the validation says of a token that is none of this application's, or none any more.
    { at: 'account', status: [404, 422], class: 'rejected' },
  ],
  knownErrors: KNOWN_ERRORS.github,
  validation: {
    url: 'https://api.github.com/applications/{client_id}/token',
    method: 'POST',
    request: validationRequest,
    account: (body) => ({
      ...user(isObject(body.user) ? body.user : body),
      clientId: optionalText(at(body, 'app.client_id')),
    }),
  },
  profile: { url: 'https://api.github.com/user', account: user },
  revokes: 'access_token',
  // https://docs.github.com/en/rest/apps/oauth-applications removes the grant with all of its tokens.
  revocationRequest: ({ provider, token }) =>
    clientRequest({
      provider,
      url: provider.server.revocation_endpoint,
      method: 'DELETE',
      auth: 'client_secret_basic',
      format: 'json',
      fields: { access_token: token },
    }),
  quirks: [
    'Failures of the token endpoint come with status 200.',
    'GitHub Apps: tokens live for eight hours and refresh tokens for about six months; each answer names both.',
    'GitHub Apps: each refresh token works once, and a refresh ends the old access token too.',
    'GitHub Apps may be set so that their tokens never expire; then there is no refresh token.',
    'OAuth Apps and personal tokens: no expiry and no refresh; removed after a year without use or when found in public.',
    'An OAuth App keeps ten tokens for one user and set of scopes; the next one ends the oldest.',
  ],
})
