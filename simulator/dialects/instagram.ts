import { graphError, graphFailures } from '#simulator/dialects/meta_failures'
import { consent } from '#simulator/dialects/parts'
import { DAY, HOUR } from '#simulator/times'
import type { Dialect, Told } from '#simulator/types'

const client = { id: '9876543210', secret: 'simulated-instagram-secret' }
const graph = 'https://graph.instagram.com'

const longLived = (told: Told) => ({
  access_token: told.access,
  token_type: 'bearer',
  expires_in: told.expiresIn,
  permissions: told.scope,
})

/** Instagram Login: the token renews itself, without the client, and not before it is a day old. */
export default {
  id: 'instagram',
  page: 'https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token',
  serves: ['instagram'],
  client,
  account: { id: '17841400000000000', name: 'orbit.coffee' },
  tokens: {
    prefix: { access: 'IG', refresh: '' },
    accessLife: 5_183_944_000,
    refreshLife: null,
    presents: 'access',
    rotates: false,
    unrotated: 'same',
    reuse: 'static',
    minimumAge: DAY,
    scope: 'instagram_business_basic',
  },
  doors: [
    consent('https://www.instagram.com/oauth/authorize', { fragment: '#_' }, { scope: /^[\w,]+$/ }),
    {
      url: 'https://api.instagram.com/oauth/access_token',
      does: 'grant',
      presents: 'code',
      body: 'form',
      client: ['params'],
      params: { grant_type: /^authorization_code$/, redirect_uri: /./ },
      credential: [{ param: 'code' }],
      shortLife: HOUR,
      answer: ({ access, account, scope }) => ({
        data: [{ access_token: access, user_id: account.id, permissions: scope }],
      }),
    },
    {
      url: `${graph}/access_token`,
      does: 'grant',
      presents: 'access',
      params: {
        grant_type: /^ig_exchange_token$/,
        client_secret: new RegExp(`^${client.secret}$`),
      },
      credential: [{ param: 'access_token' }],
      answer: longLived,
    },
    {
      url: `${graph}/refresh_access_token`,
      does: 'grant',
      presents: 'access',
      client: ['none'],
      params: { grant_type: /^ig_refresh_token$/ },
      credential: [{ param: 'access_token' }],
      answer: longLived,
    },
    ...['/me', '/{version}/me'].map((path) => ({
      url: `${graph}${path}`,
      does: 'account' as const,
      place: 'profile' as const,
      params: { fields: /(^|,)user_id(,|$)/ },
      credential: [{ param: 'access_token' }, { header: 'Bearer' }],
      answer: ({ account }: Told) => ({ user_id: account.id, username: account.name, name: 'Orbit Coffee' }),
    })),
  ],
  failures: graphFailures(100),
  refusals: {
    param: { status: 400, body: graphError(100, 'Error validating client secret.') },
    too_young: {
      status: 400,
      body: graphError(100, 'The access token is not old enough to be refreshed.'),
      unverified: true,
    },
  },
} satisfies Dialect
