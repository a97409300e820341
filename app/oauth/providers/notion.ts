import { defineProvider } from '#oauth/define_provider'
import { at, optionalText } from '#oauth/own'
import { clientRequest } from '#oauth/own_request'
import { KNOWN_ERRORS } from '#oauth/providers/known_errors'

const VERSION = '2026-03-11'

export default defineProvider({
  id: 'notion',
  name: 'Notion',
  docs: 'https://developers.notion.com/reference/refresh-a-token',
  console: 'https://www.notion.so/profile/integrations',
  checkedOn: '2026-11-21',
  server: {
    authorization_endpoint: 'https://api.notion.com/v1/oauth/authorize',
    token_endpoint: 'https://api.notion.com/v1/oauth/token',
    revocation_endpoint: 'https://api.notion.com/v1/oauth/revoke',
    introspection_endpoint: 'https://api.notion.com/v1/oauth/introspect',
  },
  clientAuth: 'client_secret_basic',
  pkce: false,
  bodyFormat: 'json',
  authorizationParams: { owner: 'user' },
  tokenHeaders: { 'notion-version': VERSION },
  metadataPaths: { bot_id: 'bot_id', workspace_id: 'workspace_id', workspace_name: 'workspace_name' },
  // No answer names a lifetime and no page states one. A made-up expiry would spend refresh tokens for nothing or come
  // too late, so the token is asked about (introspection) and refreshed when it is refused.
  refresh: { assumedLifetime: null, rotation: 'always', reuse: 'unknown' },
  failures: [
    {
      error: [
        'restricted_resource',
        'validation_error',
        'missing_version',
        'invalid_json',
        'invalid_request_url',
      ],
      class: 'configuration',
    },
    { error: 'rate_limited', class: 'rate_limited' },
    { error: ['internal_server_error', 'service_unavailable', 'conflict_error'], class: 'unavailable' },
  ],
  knownErrors: KNOWN_ERRORS.notion,
  validation: {
    url: 'https://api.notion.com/v1/oauth/introspect',
    method: 'POST',
    request: ({ provider, accessToken }) =>
      clientRequest({ provider, url: provider.validation?.url, fields: { token: accessToken } }),
    verdict: (body) => (body.active === true ? null : { class: 'rejected', code: 'inactive_token' }),
    account: () => null,
  },
  profile: {
    url: 'https://api.notion.com/v1/users/me',
    headers: { 'notion-version': VERSION },
    account: (body) => ({
      id: optionalText(body.id) ?? '',
      username: optionalText(at(body, 'bot.owner.user.name')) ?? optionalText(body.name),
      displayName: optionalText(at(body, 'bot.workspace_name')) ?? optionalText(body.name),
      avatarUrl: optionalText(body.avatar_url) ?? optionalText(at(body, 'bot.owner.user.avatar_url')),
    }),
  },
  revokes: 'access_token',
  revocationRequest: ({ provider, token }) =>
    clientRequest({ provider, url: provider.server.revocation_endpoint, fields: { token } }),
  quirks: [
    'Answers name neither a lifetime nor scopes; whether a token is still good is asked.',
    'A refresh replaces both tokens; older integrations are reported to have no refresh token and no expiry.',
    'The error code stands in "code", beside a message.',
    'About three requests a second.',
    'People choose the pages that the application may see at the consent; there are no scopes.',
  ],
})
