import { defineProvider } from '#oauth/define_provider'
import { at, isObject, optionalText } from '#oauth/own'
import { tokenHolderRequest } from '#oauth/own_request'
import { KNOWN_ERRORS } from '#oauth/providers/known_errors'
import type { AccountEndpoint } from '#oauth/types'

// Ids of users are unique within their workspace only.
function accountId(team: unknown, user: unknown): string {
  const [teamId, userId] = [optionalText(team), optionalText(user)]
  return teamId && userId ? `${teamId}:${userId}` : ''
}

const AUTH_TEST: AccountEndpoint = {
  url: 'https://slack.com/api/auth.test',
  method: 'POST',
  account: (body) => ({
    id: accountId(body.team_id, body.user_id),
    username: optionalText(body.user),
    displayName: optionalText(body.team),
  }),
}

/** The bot's chain of tokens. The user's, where one is granted beside it, is a connection of its own. */
export default defineProvider({
  id: 'slack',
  name: 'Slack',
  docs: 'https://docs.slack.dev/authentication/using-token-rotation',
  console: 'https://api.slack.com/apps',
  checkedOn: '2026-11-21',
  server: {
    authorization_endpoint: 'https://slack.com/oauth/v2/authorize',
    token_endpoint: 'https://slack.com/api/oauth.v2.access',
    revocation_endpoint: 'https://slack.com/api/auth.revoke',
  },
  clientAuth: 'client_secret_post',
  pkce: false,
  scopes: ['users:read'],
  scopeSeparator: ',',
  // With token rotation each answer names its 12 hours; without it tokens never expire and none is named.
  refresh: { assumedLifetime: null, rotation: 'always', reuse: 'strict' },
  // Errors come with status 200 and `ok: false`.
  failures: [
    {
      error: [
        'invalid_refresh_token',
        'refresh_token_expired',
        'token_expired',
        'token_revoked',
        'invalid_auth',
      ],
      class: 'rejected',
    },
    { error: ['invalid_code', 'code_already_used'], class: 'rejected' },
    {
      error: [
        'bad_client_secret',
        'invalid_client_id',
        'invalid_grant_type',
        'token_rotation_not_enabled',
        'bad_redirect_uri',
        'missing_scope',
      ],
      class: 'configuration',
    },
    { error: 'account_inactive', class: 'suspended' },
    {
      error: 'org_login_required',
      class: 'locked',
      instruction: 'Sign in to the Slack workspace through its organization, then try again.',
    },
    { error: ['internal_error', 'fatal_error', 'service_unavailable'], class: 'unavailable' },
    { error: 'ratelimited', class: 'rate_limited' },
  ],
  knownErrors: KNOWN_ERRORS.slack,
  // `token_type` tells whose token it is; on the wire all are Bearer.
  readTokenSet: (body) => ({ ...body, token_type: 'Bearer' }),
  validation: AUTH_TEST,
  profile: AUTH_TEST,
  alsoGranted: (body) => {
    const user = body.authed_user
    const id = accountId(at(body, 'team.id'), at(user, 'id'))
    return isObject(user) && user.access_token
      ? [{ provider: 'slack_user', body: user, account: { id } }]
      : []
  },
  revokes: 'access_token',
  revocationRequest: ({ provider, token }) =>
    tokenHolderRequest({ provider, url: provider.server.revocation_endpoint, accessToken: token }),
  quirks: [
    'Token rotation is a choice of the application that cannot be undone; without it tokens never expire.',
    'With token rotation an access token lives for 12 hours.',
    'Each refresh token works once; it is reported to live on for a short while after its use.',
    'At most two access tokens are valid at a time; a further refresh ends the oldest.',
    'Bot and user have separate chains of tokens.',
    'All errors come with status 200.',
    'Revoking ends one token only; without rotation it may remove the application from the workspace.',
  ],
})
