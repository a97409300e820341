import type { Ability } from '#services/api_keys/abilities'
import type { Kind, Tenant } from '#tests/helpers/crawl/tenant'

/** Which ability a call needs, and what it answers then. A key of another organization is told that there is no such thing. */
export interface ApiRow {
  ability: Ability
  /** What the parameters of the address name. */
  ids?: Readonly<Record<string, Kind>>
  /** Parameters that name nothing of an organization. */
  words?: Readonly<Record<string, string>>
  /** What stands behind the address, after a question mark. */
  query?: string
  body?: (tenant: Tenant) => unknown
  /** 200 unless told. */
  ok?: number
}

const account = { ids: { id: 'connection' } } as const
const campaign = { ids: { id: 'campaign' } } as const
const member = { ids: { id: 'campaign', connection: 'channel' } } as const
const receiver = { ids: { id: 'receiver' } } as const

const V1 = '/api/v1'

export const CALLS: Readonly<Record<string, ApiRow>> = {
  [`POST ${V1}/jobs/:name/runs`]: { ability: 'runs:write', words: { name: 'nothing' }, ok: 404 },
  [`GET ${V1}/runs`]: { ability: 'runs:read' },
  [`GET ${V1}/runs/:id`]: { ability: 'runs:read', ids: { id: 'run' } },
  [`POST ${V1}/runs/:id/cancel`]: { ability: 'runs:write', ids: { id: 'run' }, ok: 409 },
  [`GET ${V1}/refresh-attempts`]: { ability: 'stats:read' },
  [`GET ${V1}/stats`]: { ability: 'stats:read' },
  [`GET ${V1}/connections`]: { ability: 'connections:read' },
  [`POST ${V1}/connections`]: { ability: 'connections:write', ok: 422 },
  [`GET ${V1}/connections/:id`]: { ability: 'connections:read', ...account },
  [`DELETE ${V1}/connections/:id`]: { ability: 'connections:write', ...account, ok: 204 },
  [`POST ${V1}/connect-links`]: { ability: 'connections:write', ok: 422 },
  [`GET ${V1}/platforms/health`]: { ability: 'connections:read', query: 'owner=nobody' },
  [`POST ${V1}/connections/refresh`]: { ability: 'connections:write', ok: 422 },
  [`POST ${V1}/connections/:id/refresh`]: { ability: 'connections:write', ...account },
  [`POST ${V1}/connections/:id/pause`]: { ability: 'connections:write', ...account },
  [`POST ${V1}/connections/:id/resume`]: { ability: 'connections:write', ...account },
  [`POST ${V1}/connections/:id/reactivate`]: { ability: 'connections:write', ...account },
  [`GET ${V1}/token`]: { ability: 'tokens:read', query: 'provider=twitch&owner=nobody', ok: 404 },
  [`GET ${V1}/connections/:id/token`]: { ability: 'tokens:read', ids: { id: 'token' } },
  [`POST ${V1}/connections/:id/report-unauthorized`]: { ability: 'tokens:read', ...account, ok: 503 },
  [`POST ${V1}/tokens/validate`]: { ability: 'tokens:read', ok: 422 },
  [`GET ${V1}/campaigns`]: { ability: 'campaigns:read' },
  [`POST ${V1}/campaigns`]: { ability: 'campaigns:write', ok: 422 },
  [`GET ${V1}/campaigns/:id`]: { ability: 'campaigns:read', ...campaign },
  [`POST ${V1}/campaigns/:id/members`]: {
    ability: 'campaigns:write',
    ...campaign,
    body: (tenant) => ({ connection_id: tenant.latest('connection') }),
    ok: 201,
  },
  [`DELETE ${V1}/campaigns/:id/members/:connection`]: { ability: 'campaigns:write', ...member, ok: 204 },
  [`POST ${V1}/campaigns/:id/members/:connection/authorization`]: {
    ability: 'campaigns:write',
    ...member,
    body: () => ({ hours: 2 }),
    ok: 409,
  },
  [`DELETE ${V1}/campaigns/:id/members/:connection/authorization`]: {
    ability: 'campaigns:write',
    ...member,
    ok: 204,
  },
  [`POST ${V1}/campaigns/:id/sessions`]: { ability: 'campaigns:write', ...campaign, ok: 409 },
  [`DELETE ${V1}/campaigns/:id/sessions/:session`]: {
    ability: 'campaigns:write',
    ids: { id: 'campaign', session: 'session' },
    ok: 204,
  },
  [`GET ${V1}/channels`]: { ability: 'notifications:read' },
  [`POST ${V1}/channels`]: { ability: 'notifications:write', ok: 422 },
  [`GET ${V1}/channels/:id`]: { ability: 'notifications:read', ...receiver },
  [`PATCH ${V1}/channels/:id`]: {
    ability: 'notifications:write',
    ...receiver,
    body: () => ({ name: 'Renamed' }),
  },
  [`DELETE ${V1}/channels/:id`]: { ability: 'notifications:write', ...receiver, ok: 204 },
  [`POST ${V1}/channels/:id/test`]: { ability: 'notifications:write', ...receiver, ok: 202 },
  [`POST ${V1}/channels/:id/rotate-secret`]: { ability: 'notifications:write', ...receiver, ok: 409 },
  [`POST ${V1}/channels/:id/enable`]: { ability: 'notifications:write', ...receiver },
  [`GET ${V1}/channels/:id/deliveries`]: { ability: 'notifications:read', ...receiver },
  [`GET ${V1}/deliveries/:id`]: { ability: 'notifications:read', ids: { id: 'delivery' } },
  [`POST ${V1}/deliveries/:id/redeliver`]: {
    ability: 'notifications:write',
    ids: { id: 'delivery' },
    ok: 202,
  },
}
