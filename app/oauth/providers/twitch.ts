import { defineProvider } from '#oauth/define_provider'
import { at, optionalText } from '#oauth/own'

export default defineProvider({
  id: 'twitch',
  name: 'Twitch',
  docs: 'https://dev.twitch.tv/docs/authentication/refresh-tokens/',
  server: {
    authorization_endpoint: 'https://id.twitch.tv/oauth2/authorize',
    token_endpoint: 'https://id.twitch.tv/oauth2/token',
    revocation_endpoint: 'https://id.twitch.tv/oauth2/revoke',
  },
  clientAuth: 'client_secret_post',
  pkce: false,
  refresh: {
    margin: '1h',
    assumedLifetime: '4h',
    rotation: 'may',
    reuse: 'unknown',
    strikes: 2,
    keepAlive: 'while_authorized',
  },
  schedule: ['0 0,7,14,21 * * *', '30 3,10,17 * * *'],
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
  // https://dev.twitch.tv/docs/authentication/validate-tokens/ asks for this once an hour.
  validation: {
    url: 'https://id.twitch.tv/oauth2/validate',
    scheme: 'OAuth',
    account: (body) => ({
      id: optionalText(body.user_id) ?? '',
      username: optionalText(body.login),
    }),
  },
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
})
