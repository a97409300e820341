import { graphError, graphFailures } from '#simulator/dialects/meta_failures'
import { consent } from '#simulator/dialects/parts'
import { HOUR } from '#simulator/times'
import type { CredentialPlace, Dialect, Door, Told } from '#simulator/types'

const client = { id: '1234567890', secret: 'simulated-meta-secret' }
const graph = 'https://graph.facebook.com'
const CREDENTIAL: readonly CredentialPlace[] = [{ param: 'access_token' }, { header: 'Bearer' }]

const tokens = (told: Told) => ({
  access_token: told.access,
  token_type: 'bearer',
  expires_in: told.expiresIn,
})

const codeDoor = (way: Partial<Door>): Door => ({
  url: `${graph}/{version}/oauth/access_token`,
  does: 'grant',
  presents: 'code',
  when: { code: /./ },
  client: ['params'],
  params: { redirect_uri: /./ },
  credential: [{ param: 'code' }],
  shortLife: 2 * HOUR,
  answer: tokens,
  ...way,
})

const pages = (told: Told) => {
  const limit = Number(told.params.limit ?? 25)
  const all = told.children()
  const from = told.params.after ? all.findIndex(({ id }) => id === told.params.after) + 1 : 0
  const shown = all.slice(from, from + limit)
  const last = shown.at(-1)
  const more = from + limit < all.length && last
  return {
    data: shown.map(({ id, name, access }) => ({ id, name, access_token: access })),
    paging: {
      cursors: { before: shown.at(0)?.id ?? '', after: last?.id ?? '' },
      ...(more ? { next: `${graph}/me/accounts?after=${last.id}` } : {}),
    },
  }
}

const debugDoor = (path: string): Door => ({
  url: `${graph}${path}/debug_token`,
  does: 'account',
  place: 'validation',
  params: { access_token: new RegExp(`^${client.id}\\|${client.secret}$`) },
  credential: [{ param: 'input_token' }],
  answer: ({ account, expiresIn, now, issuedAt }) => ({
    data: {
      app_id: client.id,
      type: account.traits.from ? 'PAGE' : 'USER',
      is_valid: true,
      expires_at: expiresIn === null ? 0 : Math.floor(now / 1_000) + expiresIn,
      data_access_expires_at: Math.floor(issuedAt / 1_000) + 90 * 86_400,
      issued_at: Math.floor(issuedAt / 1_000),
      scopes: account.scope.split(','),
      user_id: account.id,
    },
  }),
})

/** Meta: the access token itself is exchanged, by GET, and only for what is left of its life; pages derive from it. */
export default {
  id: 'meta',
  page: 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived/',
  serves: ['meta', 'meta_page'],
  client,
  account: { id: '5', name: 'Mia Example' },
  tokens: {
    prefix: { access: 'EAA', refresh: '' },
    accessLife: 5_183_944_000,
    refreshLife: null,
    presents: 'access',
    rotates: true,
    unrotated: 'same',
    reuse: 'static',
    extends: false,
    scope: 'public_profile,pages_show_list',
  },
  doors: [
    consent('https://www.facebook.com/{version}/dialog/oauth', {}, { scope: /^[\w,]+$/ }),
    {
      url: `${graph}/{version}/oauth/access_token`,
      does: 'grant',
      presents: 'access',
      when: { grant_type: /^fb_exchange_token$/ },
      client: ['params'],
      credential: [{ param: 'fb_exchange_token' }],
      answer: tokens,
    },
    codeDoor({ method: 'GET' }),
    codeDoor({ method: 'POST', body: 'form', unverified: true }),
    ...['me', '{user}'].map((user): Door => ({
      url: `${graph}/{version}/${user}/accounts`,
      does: 'children',
      place: 'profile',
      credential: CREDENTIAL,
      answer: pages,
    })),
    debugDoor('/{version}'),
    debugDoor(''),
    {
      url: `${graph}/{version}/me`,
      does: 'account',
      place: 'profile',
      params: { fields: /(^|,)id(,|$)/ },
      credential: CREDENTIAL,
      answer: ({ account }) => ({ id: account.id, name: account.name }),
    },
    {
      url: `${graph}/{version}/{user}/permissions`,
      does: 'revoke',
      method: 'DELETE',
      credential: CREDENTIAL,
      ends: 'grant',
      answer: () => ({ success: true }),
      unverified: true,
    },
  ],
  failures: [
    ...graphFailures(1),
    {
      name: 'invalid_by_debug_token',
      case: 'token_refused',
      at: ['validation'],
      class: 'rejected',
      status: 200,
      body: {
        data: { is_valid: false, scopes: [], ...graphError(190, 'Session has expired.', { subcode: 463 }) },
      },
    },
  ],
} satisfies Dialect
