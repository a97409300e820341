import {
  BEARER,
  consent,
  EVERYWHERE,
  grants,
  PROFILE,
  refreshField,
  TOKEN,
  variant,
} from '#simulator/dialects/parts'
import { DAY, HOUR } from '#simulator/times'
import type { Dialect, NamedFailure } from '#simulator/types'

const dead: NamedFailure = {
  name: 'dead',
  case: 'dead',
  at: TOKEN,
  class: 'rejected',
  status: 400,
  body: { error: 'invalid_grant', error_description: 'Refresh token revoked' },
}

const configuration: NamedFailure = {
  name: 'configuration',
  case: 'configuration',
  at: TOKEN,
  class: 'configuration',
  status: 400,
  body: { error: 'invalid_client', error_description: 'Invalid client secret' },
}

/** Spotify: a flat token endpoint beside a nested API, no validation and no revocation endpoint. */
export default {
  id: 'spotify',
  page: 'https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens',
  serves: ['spotify'],
  client: { id: 'simulated-spotify-client', secret: 'simulated-spotify-secret' },
  account: { id: 'wizzler', name: 'Wizzler' },
  tokens: {
    prefix: { access: 'BQ', refresh: 'AQ' },
    accessLife: HOUR,
    refreshLife: 183 * DAY,
    presents: 'refresh',
    rotates: false,
    unrotated: 'absent',
    reuse: 'strict',
    scope: 'user-read-email',
  },
  doors: [
    consent('https://accounts.spotify.com/authorize', { pkce: 'optional' }),
    ...grants({
      url: 'https://accounts.spotify.com/api/token',
      client: ['basic', 'public'],
      answer: (told) => ({
        access_token: told.access,
        token_type: 'Bearer',
        scope: told.scope,
        expires_in: told.expiresIn,
        ...refreshField(told),
      }),
    }),
    {
      url: 'https://api.spotify.com/v1/me',
      does: 'account',
      place: 'profile',
      credential: BEARER,
      answer: ({ account }) => ({ id: account.id, display_name: account.name }),
    },
  ],
  failures: [
    dead,
    variant(dead, 'dead_invalid', {
      body: { error: 'invalid_grant', error_description: 'Invalid refresh token' },
    }),
    configuration,
    variant(configuration, 'invalid_client', {
      body: { error: 'invalid_client', error_description: 'Invalid client' },
    }),
    variant(configuration, 'allow_list', {
      at: PROFILE,
      status: 403,
      body: { error: { status: 403, message: 'User not registered in the Developer Dashboard' } },
    }),
    {
      name: 'rate_limited',
      case: 'rate_limited',
      at: EVERYWHERE,
      class: 'rate_limited',
      status: 429,
      headers: { 'retry-after': '7' },
      wait: 7_000,
      body: { error: { status: 429, message: 'API rate limit exceeded' } },
    },
    {
      name: 'expired_access_token',
      case: 'token_refused',
      at: PROFILE,
      class: 'rejected',
      status: 401,
      body: { error: { status: 401, message: 'The access token expired' } },
    },
  ],
} satisfies Dialect
