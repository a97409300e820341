import { BEARER, consent, grants, TOKEN, variant } from '#simulator/dialects/parts'
import { HOUR } from '#simulator/times'
import type { Dialect, Door, NamedFailure, Told } from '#simulator/types'

const api = 'https://api.notion.com/v1'
const headers = { 'notion-version': /^\d{4}-\d{2}-\d{2}$/ }

const said = (status: number, code: string, message: string) => ({
  object: 'error',
  status,
  code,
  message,
  request_id: 'q',
})

const dead: NamedFailure = {
  name: 'dead',
  case: 'dead',
  at: TOKEN,
  class: 'rejected',
  status: 400,
  body: said(400, 'invalid_grant', 'Invalid code: this code has been revoked.'),
}

const configuration: NamedFailure = {
  name: 'configuration',
  case: 'configuration',
  at: TOKEN,
  class: 'configuration',
  status: 401,
  body: said(401, 'invalid_client', 'Client authentication failed.'),
  unverified: true,
}

const broken: NamedFailure = {
  name: 'service_unavailable',
  case: 'unavailable',
  at: TOKEN,
  class: 'unavailable',
  status: 503,
  body: said(503, 'service_unavailable', 'Notion is unavailable.'),
}

const owner = (told: Told) => ({
  type: 'user',
  user: { object: 'user', id: told.account.id, name: told.account.name },
})

/** Every answer names a refresh token, if only as null; none names a life or a scope. */
const tokens = (told: Told) => ({
  access_token: told.access,
  token_type: 'bearer',
  refresh_token: told.refresh,
  bot_id: `bot-${told.account.id}`,
  workspace_id: 'w',
  workspace_name: 'WS',
  workspace_icon: null,
  owner: owner(told),
  duplicated_template_id: null,
  request_id: 'q',
})

const aboutToken = (url: string, door: Partial<Door>): Door => ({
  url,
  does: 'account',
  body: 'json',
  client: ['basic'],
  credential: [{ param: 'token' }],
  ...door,
})

/** Notion: JSON, Basic and a version header; the meaning is in `code`. */
export default {
  id: 'notion',
  page: 'https://developers.notion.com/reference/refresh-a-token',
  serves: ['notion'],
  client: { id: 'simulated-notion-client', secret: 'simulated-notion-secret' },
  account: { id: 'u-1', name: 'Ada Example' },
  tokens: {
    prefix: { access: 'ntn_', refresh: 'nrt_' },
    accessLife: HOUR,
    refreshLife: null,
    presents: 'refresh',
    rotates: true,
    unrotated: 'null',
    reuse: 'strict',
    unverified: ['accessLife', 'reuse'],
  },
  doors: [
    consent(`${api}/oauth/authorize`, {}, { owner: /^user$/ }),
    ...grants({ url: `${api}/oauth/token`, body: 'json', client: ['basic'], headers, answer: tokens }),
    aboutToken(`${api}/oauth/introspect`, {
      place: 'validation',
      answer: () => ({ active: true, request_id: 'q' }),
    }),
    aboutToken(`${api}/oauth/revoke`, { does: 'revoke', answer: () => ({ request_id: 'q' }) }),
    {
      url: `${api}/users/me`,
      does: 'account',
      place: 'profile',
      headers,
      credential: BEARER,
      answer: (told) => ({
        object: 'user',
        id: `bot-${told.account.id}`,
        name: 'Evergrant',
        type: 'bot',
        bot: { owner: owner(told), workspace_name: 'WS' },
      }),
    },
  ],
  failures: [
    dead,
    variant(dead, 'dead_by_rfc', { body: { error: 'invalid_grant' } }),
    configuration,
    variant(configuration, 'configuration_by_rfc', { body: { error: 'invalid_client' } }),
    {
      name: 'rate_limited',
      case: 'rate_limited',
      at: ['token', 'profile'],
      class: 'rate_limited',
      status: 429,
      headers: { 'retry-after': '12' },
      wait: 12_000,
      body: said(429, 'rate_limited', 'You have been rate limited.'),
      unverified: true,
    },
    broken,
    variant(broken, 'internal_server_error', {
      status: 500,
      body: said(500, 'internal_server_error', 'Unexpected error.'),
    }),
    {
      name: 'unauthorized',
      case: 'token_refused',
      at: ['profile'],
      class: 'rejected',
      status: 401,
      body: said(401, 'unauthorized', 'API token is invalid.'),
    },
    {
      name: 'inactive',
      case: 'token_refused',
      at: ['validation'],
      class: 'rejected',
      status: 200,
      body: { active: false, request_id: 'q' },
    },
  ],
  refusals: {
    body: { status: 400, body: said(400, 'validation_error', 'The body must be JSON.') },
    header: { status: 400, body: said(400, 'missing_version', 'Notion-Version header should be defined.') },
  },
} satisfies Dialect
