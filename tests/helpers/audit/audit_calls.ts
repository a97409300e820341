import type { AuditAction } from '#services/audit/actions'
import type { TargetKind } from '#services/audit/targets'
import { callApi } from '#tests/helpers/api_caller'
import type { AuditedRoute } from '#tests/helpers/audit/audit_pages'
import type { AuditScene } from '#tests/helpers/audit/audit_scene'

interface Call {
  path: string
  id?: string
  method?: 'POST' | 'PATCH' | 'DELETE'
  body?: unknown
}

/** A call of the API about one thing. */
function call(
  action: AuditAction,
  target: TargetKind | null,
  make: (scene: AuditScene) => Promise<Call>
): AuditedRoute {
  const act = async (scene: AuditScene) => {
    const { path, id, method = 'POST', body } = await make(scene)
    const headers = {
      authorization: `Bearer ${scene.caller.key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const answer = await callApi(path, { method, headers, body: JSON.stringify(body) })
    return { status: answer.status, id }
  }
  return { action, target, act }
}

const onConnection = (word: 'refresh' | 'pause' | 'resume' | 'reactivate') =>
  call(`connection.${word}`, 'connection', async (scene) => {
    const id = await scene.account()
    return { path: `/connections/${id}/${word}`, id }
  })

const onMember = (action: AuditAction, path: string, method: Call['method'], open: boolean) =>
  call(action, 'campaign_member', async (scene) => {
    const { id, connection } = await scene.campaign({ open })
    const body = method === 'POST' ? { hours: 3 } : undefined
    return { path: `/campaigns/${id}/members/${connection}${path}`, id: connection, method, body }
  })

const onChannel = (action: AuditAction, path: string, method: Call['method'] = 'POST', body?: unknown) =>
  call(action, 'channel', async (scene) => {
    const id = await scene.channel()
    return { path: `/channels/${id}${path}`, id, method, body }
  })

/** The calls of the API. */
export const CALLS: Readonly<Record<string, AuditedRoute>> = {
  'POST /api/v1/jobs/:name/runs': call('job.run', 'job', async () => ({
    path: '/jobs/retention/runs',
    id: 'retention',
  })),
  'POST /api/v1/runs/:id/cancel': call('job.cancel', 'run', async (scene) => {
    const id = await scene.run()
    return { path: `/runs/${id}/cancel`, id }
  }),
  'POST /api/v1/connections': call('connection.import', 'connection', async () => ({
    path: '/connections',
    body: { provider: 'acme', owner: 'nova', access_token: 'SECRET-a', refresh_token: 'SECRET-r' },
  })),
  'DELETE /api/v1/connections/:id': call('connection.delete', 'connection', async (scene) => {
    const id = await scene.account()
    return { path: `/connections/${id}`, id, method: 'DELETE' }
  }),
  'POST /api/v1/connect-links': call('connect_link.create', 'connect_link', async () => ({
    path: '/connect-links',
    body: { provider: 'acme', owner: 'nova' },
  })),
  'POST /api/v1/connections/refresh': call('connection.refresh_many', null, async (scene) => ({
    path: '/connections/refresh',
    body: { ids: [await scene.account()] },
  })),
  'POST /api/v1/connections/:id/refresh': onConnection('refresh'),
  'POST /api/v1/connections/:id/pause': onConnection('pause'),
  'POST /api/v1/connections/:id/resume': onConnection('resume'),
  'POST /api/v1/connections/:id/reactivate': onConnection('reactivate'),
  'POST /api/v1/connections/:id/report-unauthorized': call(
    'token.report_unauthorized',
    'connection',
    async (scene) => {
      const id = await scene.account()
      return { path: `/connections/${id}/report-unauthorized`, id, body: { access_token: 'SECRET-older' } }
    }
  ),
  'POST /api/v1/tokens/validate': call('token.validate', null, async (scene) => ({
    path: '/tokens/validate',
    body: { connection_ids: [await scene.account()] },
  })),
  'POST /api/v1/campaigns': call('campaign.create', 'campaign', async () => ({
    path: '/campaigns',
    body: { name: 'Friday quiz' },
  })),
  'POST /api/v1/campaigns/:id/members': call('campaign.add_member', 'campaign_member', async (scene) => {
    const [{ id }, connection] = [await scene.campaign(), await scene.account()]
    return { path: `/campaigns/${id}/members`, id: connection, body: { connection_id: connection } }
  }),
  'DELETE /api/v1/campaigns/:id/members/:connection': onMember('campaign.remove_member', '', 'DELETE', false),
  'POST /api/v1/campaigns/:id/members/:connection/authorization': onMember(
    'campaign.grant',
    '/authorization',
    'POST',
    false
  ),
  'DELETE /api/v1/campaigns/:id/members/:connection/authorization': onMember(
    'campaign.revoke',
    '/authorization',
    'DELETE',
    true
  ),
  'POST /api/v1/campaigns/:id/sessions': call('campaign.start_session', 'campaign', async (scene) => {
    const { id } = await scene.campaign({ open: true })
    return { path: `/campaigns/${id}/sessions`, id }
  }),
  'DELETE /api/v1/campaigns/:id/sessions/:session': call(
    'campaign.end_session',
    'campaign_session',
    async (scene) => {
      const { id } = await scene.campaign({ open: true })
      await scene.caller.post(`/campaigns/${id}/sessions`)
      const session = String((await scene.fixture.sessions(id))[0].id)
      return { path: `/campaigns/${id}/sessions/${session}`, id: session, method: 'DELETE' }
    }
  ),
  'POST /api/v1/channels': call('channel.create', 'channel', async () => ({
    path: '/channels',
    body: { kind: 'webhook', name: 'Hook', target: 'https://receiver.example/a-hook' },
  })),
  'PATCH /api/v1/channels/:id': onChannel('channel.update', '', 'PATCH', { name: 'Renamed' }),
  'DELETE /api/v1/channels/:id': onChannel('channel.remove', '', 'DELETE'),
  'POST /api/v1/channels/:id/test': onChannel('channel.test', '/test'),
  'POST /api/v1/channels/:id/rotate-secret': onChannel('channel.rotate_secret', '/rotate-secret'),
  'POST /api/v1/channels/:id/enable': onChannel('channel.enable', '/enable'),
  'POST /api/v1/deliveries/:id/redeliver': call('delivery.redeliver', 'delivery', async (scene) => {
    const id = await scene.delivery('dead')
    return { path: `/deliveries/${id}/redeliver`, id }
  }),
}
