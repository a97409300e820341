import { defineProvider } from '#oauth/define_provider'
import { at, optionalText } from '#oauth/own'
import { KNOWN_ERRORS } from '#oauth/providers/known_errors'

export default defineProvider({
  id: 'spotify',
  name: 'Spotify',
  docs: 'https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens',
  console: 'https://developer.spotify.com/dashboard',
  checkedOn: '2026-11-21',
  server: {
    authorization_endpoint: 'https://accounts.spotify.com/authorize',
    token_endpoint: 'https://accounts.spotify.com/api/token',
  },
  clientAuth: 'client_secret_basic',
  publicClientAuth: 'none',
  scopes: ['user-read-private'],
  refresh: {
    assumedLifetime: '1h',
    // Six months from the consent (blog, 2026-06-18), counted short so that nobody is asked too late.
    grantLifetime: '180d',
    rotation: 'may',
    reuse: 'unknown',
    strikes: 2,
  },
  failures: [
    {
      at: 'account',
      status: 403,
      message: /not registered in the developer dashboard/i,
      class: 'configuration',
    },
  ],
  knownErrors: KNOWN_ERRORS.spotify,
  profile: {
    url: 'https://api.spotify.com/v1/me',
    account: (body) => ({
      id: optionalText(body.id) ?? '',
      username: optionalText(body.id),
      displayName: optionalText(body.display_name),
      avatarUrl: optionalText(at(body, 'images.0.url')),
    }),
  },
  quirks: [
    'The grant ends six months after the consent, and refreshing does not extend it; a person must reconnect.',
    'An outage once answered "revoked" for good tokens, so the first refusal is always confirmed later.',
    'The refresh token is reported to change no more since July 2026; one that comes is stored all the same.',
    'There is neither a validation nor a revocation endpoint; people remove the application in their account settings.',
    'A forced change of the password ends the grant (reported).',
  ],
})
