import type { Role } from '#models/membership'
import type { Kind, Tenant } from '#tests/helpers/crawl/tenant'

/** Who gets what from a page or a form. An address names things of an organization; a stranger is told that there are none. */
export interface PageRow {
  /** `anybody`: without signing in. `guests`: only before signing in. Roles: others are refused with 403, whatever the address names. */
  open: 'anybody' | 'guests' | readonly Role[]
  /** Of these roles, those that are let through where the thing is their organization's; all of them unless told. */
  may?: readonly Role[]
  /** What the others of these roles get then: 403 unless told. */
  else?: 403 | 404
  /** What the parameters of the address name. */
  ids?: Readonly<Record<string, Kind>>
  /** Parameters that name nothing of an organization. */
  words?: Readonly<Record<string, string>>
  /** What stands behind the address, after a question mark. */
  query?: string
  form?: (tenant: Tenant, asker: Role) => Record<string, unknown>
  /** The form, and not the address, names a thing of the organization. */
  isForeignByForm?: boolean
  /** What those who are let through get: 200 for a page and 303 for a form unless told. */
  ok?: number | ((role: Role | null) => number)
  /** What people of another organization get: 404 unless told. */
  stranger?: number
}

const STAFF = ['admin', 'operator'] as const
const READERS = [...STAFF, 'viewer'] as const
const CAMPAIGNERS = [...READERS, 'game_master'] as const
const OWNERS = ['streamer', 'game_master'] as const
const EVERYBODY = [...READERS, 'game_master', 'streamer'] as const
const LEADERS = [...STAFF, 'game_master'] as const

const account = { ids: { id: 'connection' } } as const
const member = { ids: { id: 'campaign', connection: 'channel' } } as const

export const PAGES: Readonly<Record<string, PageRow>> = {
  'GET /health/live': { open: 'anybody' },
  'GET /health/ready': { open: 'anybody' },
  'GET /health': { open: 'anybody' },
  'GET /ready': { open: 'anybody' },
  'GET /metrics': { open: 'anybody' },
  'GET /api/openapi.json': { open: 'anybody' },
  'GET /api/docs': { open: 'anybody' },
  'POST /theme': { open: 'anybody', ok: 303 },
  'POST /shell': { open: 'anybody' },
  'POST /language': { open: 'anybody' },
  'GET /login': { open: 'guests' },
  'POST /login': { open: 'guests', ok: 422 },
  'GET /login/two-factor': { open: 'guests', ok: 303 },
  'POST /login/two-factor': { open: 'guests' },
  'POST /logout': { open: EVERYBODY },
  'GET /': { open: EVERYBODY, ok: (role) => (READERS.some((one) => one === role) ? 200 : 302) },
  'GET /pulse': { open: EVERYBODY },
  'GET /invitations/:token': { open: 'anybody', words: { token: 'unknown' }, ok: 404 },
  'POST /invitations/:token': { open: 'anybody', words: { token: 'unknown' }, ok: 404 },
  'GET /oauth/clients/:provider/client-metadata.json': {
    open: 'anybody',
    ids: { provider: 'provider' },
    ok: 404,
  },
  // Unsigned: only the whole address lets anybody in.
  'GET /link/:id': { open: 'anybody', ids: { id: 'link' }, ok: 404 },
  'POST /link/:id': { open: 'anybody', ids: { id: 'link' }, ok: 404 },
  'GET /link/:id/done': { open: 'anybody', ids: { id: 'link' }, ok: 404 },

  'GET /accounts': { open: READERS },
  'GET /accounts/connect': { open: READERS },
  'GET /accounts/suggestions': { open: READERS },
  'GET /accounts/export': { open: READERS },
  'POST /accounts/view': { open: READERS },
  'POST /accounts/views': { open: READERS },
  'POST /accounts/views/:id': { open: READERS, ids: { id: 'view' }, form: () => ({ name: 'New name' }) },
  'POST /accounts/views/:id/remove': { open: READERS, ids: { id: 'view' } },
  'GET /accounts/bulk/:action': { open: STAFF, words: { action: 'tag' }, query: 'all=1' },
  'POST /accounts/bulk': { open: STAFF },
  'GET /accounts/:id': { open: READERS, ...account },
  'POST /accounts/refresh': { open: STAFF, form: () => ({ q: 'nobody-has-this-name' }) },
  'POST /accounts/:id/refresh': { open: STAFF, ...account },
  'POST /accounts/:id/pause': { open: STAFF, ...account },
  'POST /accounts/:id/resume': { open: STAFF, ...account },
  'POST /accounts/:id/reactivate': { open: STAFF, ...account },
  'POST /accounts/:id/link': { open: STAFF, ...account },
  'POST /accounts/:id/link/send': { open: STAFF, ...account, ok: 404 },
  'POST /accounts/:id/settings': { open: STAFF, ...account },
  'POST /accounts/:id/disconnect': { open: STAFF, ...account },
  'POST /accounts/:id/delete': { open: STAFF, ...account },
  'GET /accounts/:id/reconnect': { open: EVERYBODY, may: [...STAFF, 'streamer'], else: 404, ...account },
  'POST /connect/mcp': { open: STAFF },
  'POST /connect/:provider/start': { open: [...STAFF, ...OWNERS], ids: { provider: 'provider' } },
  'GET /connect/:provider/callback': { open: [...STAFF, ...OWNERS], ids: { provider: 'provider' }, ok: 303 },

  'GET /audit': { open: STAFF },
  'GET /audit/export': { open: STAFF },
  'GET /providers': { open: READERS },
  'GET /providers/new': { open: STAFF },
  'POST /providers': { open: STAFF },
  'GET /providers/:key': { open: READERS, ids: { key: 'provider' } },
  'POST /providers/:key/test': { open: STAFF, ids: { key: 'provider' } },
  'POST /providers/:key/circuit': { open: STAFF, ids: { key: 'provider' } },
  'POST /providers/:key/discover': { open: STAFF, ids: { key: 'provider' } },
  'GET /providers/:key/edit': { open: STAFF, ids: { key: 'provider' } },
  'POST /providers/:key': { open: STAFF, ids: { key: 'provider' } },
  'POST /providers/:key/remove': { open: STAFF, ids: { key: 'provider' } },
  'GET /runs': { open: READERS },
  'GET /runs/:id': { open: READERS, ids: { id: 'run' } },
  'GET /runs/:id/report/:format': { open: STAFF, ids: { id: 'run' }, words: { format: 'json' } },
  // Leads back to the list with a sentence.
  'POST /runs/:id/cancel': { open: STAFF, ids: { id: 'run' }, stranger: 303 },
  'GET /runs/:id/links': { open: STAFF, ids: { id: 'run' } },
  'POST /runs/:id/retry': { open: STAFF, ids: { id: 'run' } },
  'GET /activity': { open: READERS },
  'GET /activity/:id': { open: READERS, ids: { id: 'attempt' } },
  'GET /schedule': { open: READERS },
  'POST /schedule/:name/run': { open: STAFF, words: { name: 'nothing' } },
  'POST /schedule/:name/pause': { open: STAFF, words: { name: 'auto-token-refresh' } },
  'POST /schedule/:name/resume': { open: STAFF, words: { name: 'auto-token-refresh' } },

  'GET /campaigns': { open: CAMPAIGNERS },
  'GET /campaigns/new': { open: CAMPAIGNERS, may: STAFF },
  'POST /campaigns': { open: CAMPAIGNERS, may: STAFF },
  'GET /campaigns/:id': { open: CAMPAIGNERS, ids: { id: 'campaign' } },
  'POST /campaigns/:id': { open: CAMPAIGNERS, may: LEADERS, ids: { id: 'campaign' } },
  'POST /campaigns/:id/archive': { open: CAMPAIGNERS, may: STAFF, ids: { id: 'campaign' } },
  'POST /campaigns/:id/members': { open: CAMPAIGNERS, may: LEADERS, ids: { id: 'campaign' } },
  'POST /campaigns/:id/members/:connection/remove': { open: CAMPAIGNERS, may: LEADERS, ...member },
  'POST /campaigns/:id/members/:connection/grant': { open: CAMPAIGNERS, may: STAFF, ...member },
  'POST /campaigns/:id/members/:connection/extend': { open: CAMPAIGNERS, may: STAFF, ...member },
  'POST /campaigns/:id/members/:connection/revoke': { open: CAMPAIGNERS, may: LEADERS, ...member },
  'POST /campaigns/:id/game-masters': { open: CAMPAIGNERS, may: STAFF, ids: { id: 'campaign' } },
  'POST /campaigns/:id/game-masters/:user/remove': {
    open: CAMPAIGNERS,
    may: STAFF,
    ids: { id: 'campaign', user: 'master' },
  },
  'POST /campaigns/:id/sessions': { open: CAMPAIGNERS, may: LEADERS, ids: { id: 'campaign' } },
  'POST /campaigns/:id/sessions/:session/end': {
    open: CAMPAIGNERS,
    may: LEADERS,
    ids: { id: 'campaign', session: 'session' },
  },
  'GET /streamer': { open: OWNERS },
  'POST /streamer/:id/:connection/grant': { open: OWNERS, may: ['streamer'], ...member },
  'POST /streamer/:id/:connection/extend': { open: OWNERS, may: ['streamer'], ...member },
  'POST /streamer/:id/:connection/revoke': { open: OWNERS, ...member },

  'GET /inbox': { open: EVERYBODY },
  'GET /inbox/:id/open': { open: EVERYBODY, ids: { id: 'matter' }, ok: 303 },
  'POST /inbox/read': { open: EVERYBODY },
  'POST /inbox/:id/read': { open: EVERYBODY, ids: { id: 'matter' } },
  'GET /alerts': { open: EVERYBODY },
  'GET /alerts/rules/new': { open: EVERYBODY },
  'POST /alerts/rules': { open: EVERYBODY },
  'POST /alerts/rules/default': { open: EVERYBODY },
  'GET /alerts/rules/:id': { open: EVERYBODY, ids: { id: 'rule' } },
  'POST /alerts/rules/:id': { open: EVERYBODY, ids: { id: 'rule' } },
  'POST /alerts/rules/:id/remove': { open: EVERYBODY, ids: { id: 'rule' } },
  'POST /alerts/preferences': { open: EVERYBODY },
  'GET /alerts/channels': { open: STAFF },
  'GET /alerts/channels/new': { open: STAFF },
  'GET /alerts/channels/:id': { open: STAFF, ids: { id: 'receiver' } },
  'POST /alerts/channels': { open: STAFF },
  'POST /alerts/channels/:id': { open: STAFF, ids: { id: 'receiver' } },
  'POST /alerts/channels/:id/test': { open: STAFF, ids: { id: 'receiver' } },
  'POST /alerts/channels/:id/enable': { open: STAFF, ids: { id: 'receiver' } },
  'POST /alerts/channels/:id/remove': { open: STAFF, ids: { id: 'receiver' } },
  'POST /alerts/channels/:id/rotate': { open: STAFF, ids: { id: 'receiver' } },
  'GET /alerts/deliveries': { open: STAFF },
  'GET /alerts/deliveries/:id': { open: STAFF, ids: { id: 'delivery' } },
  'POST /alerts/deliveries/:id/redeliver': { open: STAFF, ids: { id: 'delivery' } },
  'POST /alerts/deliveries/:id/cancel': { open: STAFF, ids: { id: 'delivery' } },
  'GET /alerts/devices': { open: EVERYBODY },
  'GET /alerts/devices/key': { open: EVERYBODY },
  'POST /alerts/devices': { open: EVERYBODY },
  'POST /alerts/devices/:id/test': { open: EVERYBODY, ids: { id: 'device' } },
  'POST /alerts/devices/:id/remove': { open: EVERYBODY, ids: { id: 'device' } },

  'GET /api': { open: READERS },
  'GET /api-start': { open: READERS },
  'GET /api-webhooks': { open: STAFF },
  'GET /api-keys/new': { open: STAFF },
  'POST /api-keys': { open: STAFF },
  'GET /api-keys/:id': { open: READERS, ids: { id: 'key' } },
  'POST /api-keys/:id/rotate': { open: STAFF, ids: { id: 'key' }, form: () => ({ overlap: '1h' }), ok: 200 },
  'POST /api-keys/:id/revoke': { open: STAFF, ids: { id: 'key' } },

  'GET /settings': { open: EVERYBODY, ok: 302 },
  'GET /settings/profile': { open: EVERYBODY },
  'POST /settings/profile': { open: EVERYBODY },
  'POST /settings/password': { open: EVERYBODY },
  'GET /settings/security': { open: EVERYBODY },
  'POST /settings/sessions/end': { open: EVERYBODY },
  'GET /settings/two-factor': { open: EVERYBODY, ok: 302 },
  'GET /settings/two-factor/confirm': { open: EVERYBODY, ok: 302 },
  'GET /settings/two-factor/codes': { open: EVERYBODY, ok: 302 },
  'POST /settings/two-factor': { open: EVERYBODY },
  'POST /settings/two-factor/remove': { open: EVERYBODY },
  'POST /settings/two-factor/confirm': { open: EVERYBODY },
  'POST /settings/two-factor/codes': { open: EVERYBODY },
  'POST /organizations/switch': {
    open: EVERYBODY,
    form: ({ organization }) => ({ organization: organization.id }),
    isForeignByForm: true,
  },
  'GET /settings/people': { open: STAFF },
  'GET /setup': { open: STAFF },
  // For the first person alone: there is somebody here.
  'POST /setup': { open: 'anybody', ok: 409 },
  'GET /settings/data': { open: STAFF },
  'GET /settings/about': { open: STAFF },
  'POST /settings/data/rotate': { open: STAFF, may: ['admin'] },
  'GET /settings/organization': { open: STAFF },
  'POST /settings/people/:user/role': {
    open: ['admin'],
    ids: { user: 'member' },
    form: () => ({ role: 'streamer' }),
  },
  'POST /settings/people/:user/remove': { open: ['admin'], ids: { user: 'member' } },
  'POST /settings/people/:user/two-factor/reset': { open: ['admin'], ids: { user: 'member' } },
  'POST /settings/invitations': { open: ['admin'] },
  'POST /settings/invitations/:id/renew': { open: ['admin'], ids: { id: 'invitation' }, ok: 200 },
  'POST /settings/invitations/:id/withdraw': { open: ['admin'], ids: { id: 'invitation' } },
  'POST /settings/organization': { open: ['admin'] },
  'POST /organizations': { open: ['admin'] },
}
