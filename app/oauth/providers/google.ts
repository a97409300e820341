import { defineProvider } from '#oauth/define_provider'
import { optionalText } from '#oauth/own'
import { requireEndpoint } from '#oauth/own_request'
import { KNOWN_ERRORS } from '#oauth/providers/known_errors'

const TRANSIENT = ['internal_failure', 'server_error', 'temporarily_unavailable']
const SIGN_IN_AGAIN = 'Sign in to the Google account again, as its organization demands, and reconnect.'

/** One Google client; YouTube, Gmail and Calendar are faces of it with scopes of their own. */
export default defineProvider({
  id: 'google',
  name: 'Google',
  docs: 'https://developers.google.com/identity/protocols/oauth2/web-server',
  console: 'https://console.cloud.google.com/apis/credentials',
  checkedOn: '2026-11-21',
  server: {
    issuer: 'https://accounts.google.com',
    authorization_endpoint: 'https://accounts.google.com/o/oauth2/v2/auth',
    token_endpoint: 'https://oauth2.googleapis.com/token',
    revocation_endpoint: 'https://oauth2.googleapis.com/revoke',
    userinfo_endpoint: 'https://openidconnect.googleapis.com/v1/userinfo',
  },
  clientAuth: 'client_secret_post',
  scopes: ['openid', 'email', 'profile'],
  // Without both of these a later consent brings no refresh token.
  authorizationParams: { access_type: 'offline', prompt: 'consent' },
  refresh: {
    assumedLifetime: '1h',
    // Half a year without use ends the grant; each refresh is a use.
    grantLifetime: '180d',
    grantLifetimeFrom: 'refresh',
    rotation: 'never',
    reuse: 'static',
  },
  failures: [
    // Some of its passing faults come with status 400, with the word in the code or in the description.
    { error: TRANSIENT, class: 'unavailable' },
    { message: new RegExp(`\\b(${TRANSIENT.join('|')})\\b`), class: 'unavailable' },
    {
      error: 'invalid_grant',
      subcode: ['invalid_rapt', 'rapt_required'],
      class: 'locked',
      instruction: SIGN_IN_AGAIN,
    },
    { error: 'invalid_grant', message: /invalid_rapt/, class: 'locked', instruction: SIGN_IN_AGAIN },
    { error: 'deleted_client', class: 'configuration' },
    {
      at: 'account',
      status: 400,
      where: { path: 'error_description', is: /^invalid value/i },
      class: 'rejected',
    },
    { at: 'account', error: 'invalid_token', class: 'rejected' },
    {
      at: 'account',
      status: 403,
      where: { path: 'error.errors.0.reason', is: /^authenticatedUserAccount(Suspended|Closed)$/ },
      class: 'suspended',
    },
    {
      at: 'account',
      status: 403,
      where: { path: 'error.errors.0.reason', is: /(quota|rateLimit|dailyLimit)Exceeded$/i },
      class: 'rate_limited',
    },
  ],
  knownErrors: KNOWN_ERRORS.google,
  validation: {
    url: 'https://oauth2.googleapis.com/tokeninfo',
    request: ({ provider, accessToken }) => ({
      method: 'GET',
      url: requireEndpoint(provider, provider.validation?.url),
      headers: { accept: 'application/json' },
      query: { access_token: accessToken },
    }),
    // `sub` is there only with the scope `openid`.
    account: (body) => {
      const [id, clientId] = [optionalText(body.sub), optionalText(body.aud)]
      return id === undefined ? null : { id, username: optionalText(body.email), clientId }
    },
  },
  // https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke takes the token and nothing else.
  revocationRequest: ({ provider, token, config, metadata }) => ({
    method: 'POST',
    url: requireEndpoint(provider, provider.server.revocation_endpoint, { config, metadata }),
    headers: { accept: 'application/json' },
    body: { format: 'form', fields: { token } },
  }),
  quirks: [
    'The refresh token stays the same; an answer to a refresh holds none.',
    'Six months without use end the grant, and so does a new password while Gmail scopes are held.',
    'An application in the state "Testing" gets grants that end after seven days, unless it asks for the profile only.',
    'More than 100 live refresh tokens for one account and client silently end the oldest.',
    'Quotas belong to the project: one limited account slows all of them.',
    'An organization may demand a new sign-in (invalid_rapt); the grant itself survives that.',
  ],
})
