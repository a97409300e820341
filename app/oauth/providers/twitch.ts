import { defineProvider } from '#oauth/define_provider'
import { at, optionalText } from '#oauth/own'
import { clientRequest } from '#oauth/own_request'
import { KNOWN_ERRORS } from '#oauth/providers/known_errors'

export default defineProvider({
  id: 'twitch',
  name: 'Twitch',
  docs: 'https://dev.twitch.tv/docs/authentication/refresh-tokens/',
  console: 'https://dev.twitch.tv/console/apps',
  checkedOn: '2026-11-21',
  server: {
    authorization_endpoint: 'https://id.twitch.tv/oauth2/authorize',
    token_endpoint: 'https://id.twitch.tv/oauth2/token',
    revocation_endpoint: 'https://id.twitch.tv/oauth2/revoke',
  },
  clientAuth: 'client_secret_post',
  pkce: false,
  scopes: ['user:read:email'],
  refresh: {
    margin: '1h',
    assumedLifetime: '4h',
    rotation: 'may',
    reuse: 'unknown',
    strikes: 2,
    keepAlive: 'while_authorized',
  },
  schedule: ['0 0,7,14,21 * * *', '30 3,10,17 * * *'],
  rateLimitResets: [{ header: 'ratelimit-reset', unit: 'epoch_seconds' }],
  // Twitch puts the HTTP phrase into `error` and the meaning into `message`.
  failures: [
    { at: 'token', status: [400, 401], message: /invalid refresh token/i, class: 'rejected' },
    // Seen for live grants too; as `rejected` it takes a second strike to count.
    { at: 'token', status: 400, message: /invalid grant/i, class: 'rejected' },
    {
      at: 'token',
      status: [400, 401, 403],
      message: /(missing|invalid) client(?: (?:secret|id))?\b/i,
      class: 'configuration',
    },
  ],
  knownErrors: KNOWN_ERRORS.twitch,
  // https://dev.twitch.tv/docs/authentication/validate-tokens/ asks for this at start and once an hour.
  validationInterval: '1h',
  validation: {
    url: 'https://id.twitch.tv/oauth2/validate',
    scheme: 'OAuth',
    account: (body) => ({
      id: optionalText(body.user_id) ?? '',
      username: optionalText(body.login),
      clientId: optionalText(body.client_id),
    }),
  },
  // The answer is an empty list where the account is not to be seen any more, which names nobody.
  profile: {
    url: 'https://api.twitch.tv/helix/users',
    headers: { 'client-id': '{client_id}' },
    account: (body) => ({
      id: optionalText(at(body, 'data.0.id')) ?? '',
      username: optionalText(at(body, 'data.0.login')),
      displayName: optionalText(at(body, 'data.0.display_name')),
      avatarUrl: optionalText(at(body, 'data.0.profile_image_url')),
    }),
  },
  revokes: 'access_token',
  // https://dev.twitch.tv/docs/authentication/revoke-tokens/ takes these two fields and no secret.
  revocationRequest: ({ provider, token }) =>
    clientRequest({ provider, url: provider.server.revocation_endpoint, auth: 'none', fields: { token } }),
  quirks: [
    'Each stored token must be validated at start and once an hour; Twitch audits this.',
    'The refresh token may change or stay; a public client can use each one once only, and loses it after 30 idle days.',
    'A refresh token serves 50 access tokens; whether one more fails or ends the oldest is reported both ways.',
    'A changed password, a disconnect or a revocation ends the grant.',
  ],
})
