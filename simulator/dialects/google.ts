import { GOOGLE_FAILURES } from '#simulator/dialects/google_failures'
import { BEARER, consent, grants, idToken, refreshField } from '#simulator/dialects/parts'
import type { Dialect } from '#simulator/types'

const issuer = 'https://accounts.google.com'

/** Google: no new refresh token on refresh, and transient errors that look like refusals. */
export default {
  id: 'google',
  page: 'https://developers.google.com/identity/protocols/oauth2/web-server',
  serves: ['google', 'youtube', 'gmail', 'google_calendar'],
  client: { id: 'simulated.apps.googleusercontent.com', secret: 'simulated-google-secret' },
  account: { id: '110248495921238986420', name: 'Ada Example' },
  tokens: {
    prefix: { access: 'ya29.', refresh: '1//' },
    accessLife: 3_599_000,
    refreshLife: null,
    presents: 'refresh',
    rotates: false,
    unrotated: 'absent',
    reuse: 'static',
    scope: 'openid https://www.googleapis.com/auth/youtube.readonly',
  },
  doors: [
    consent('https://accounts.google.com/o/oauth2/v2/auth', {
      pkce: 'optional',
      offline: { access_type: /^offline$/, prompt: /(^| )consent( |$)/ },
    }),
    ...grants({
      url: 'https://oauth2.googleapis.com/token',
      client: ['params'],
      answer: (told) => ({
        access_token: told.access,
        expires_in: told.expiresIn,
        scope: told.scope,
        token_type: 'Bearer',
        ...refreshField(told),
        ...(told.asked.nonce ? { id_token: idToken(told, issuer) } : {}),
      }),
    }),
    {
      url: 'https://oauth2.googleapis.com/tokeninfo',
      does: 'account',
      place: 'validation',
      credential: [{ param: 'access_token' }],
      answer: ({ account, client, scope, now, expiresIn }) => ({
        aud: client.id,
        sub: account.id,
        scope,
        exp: String(Math.floor(now / 1_000) + (expiresIn ?? 0)),
        expires_in: String(expiresIn),
        email: 'ada@example.com',
        access_type: 'offline',
      }),
    },
    {
      url: 'https://openidconnect.googleapis.com/v1/userinfo',
      does: 'account',
      place: 'profile',
      credential: BEARER,
      answer: ({ account }) => ({ sub: account.id, name: account.name, email: 'ada@example.com' }),
    },
    {
      url: 'https://www.googleapis.com/youtube/v3/channels',
      does: 'account',
      place: 'profile',
      params: { part: /(^|,)snippet(,|$)/, mine: /^true$/ },
      credential: BEARER,
      answer: ({ account }) => ({
        items: [{ id: `UC${account.id}`, snippet: { title: account.name, customUrl: '@ada' } }],
      }),
    },
    {
      url: 'https://oauth2.googleapis.com/revoke',
      does: 'revoke',
      body: 'form',
      credential: [{ param: 'token' }],
      ends: 'grant',
    },
  ],
  failures: GOOGLE_FAILURES,
} satisfies Dialect
