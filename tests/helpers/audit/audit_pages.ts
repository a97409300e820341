import Connection from '#models/connection'
import type { AuditAction } from '#services/audit/actions'
import type { TargetKind } from '#services/audit/targets'
import { keepView } from '#services/saved_views'
import { RunResults } from '#services/run_results'
import { accountName } from '#transformers/account_name'
import type { AuditScene } from '#tests/helpers/audit/audit_scene'
import { deviceForm } from '#tests/helpers/audit/audit_scene'

/** One route: what it must leave in the trail, and a call of it that succeeds. */
export interface AuditedRoute {
  action: AuditAction
  target: TargetKind | null
  /** Makes the call and returns its status, and the id that the entry must name; a made one is read from the entry. */
  act(scene: AuditScene): Promise<{ status: number; id?: string }>
}

type Form = Record<string, unknown>

/** A form that is posted to an address about one thing. */
function form(
  action: AuditAction,
  target: TargetKind | null,
  make: (scene: AuditScene) => Promise<{ path: string; id?: string; form?: Form }>
): AuditedRoute {
  const act = async (scene: AuditScene) => {
    const { path, id, form: fields } = await make(scene)
    return { status: await scene.post(path, fields), id }
  }
  return { action, target, act }
}

const onAccount = (word: 'refresh' | 'pause' | 'resume' | 'reactivate') =>
  form(`connection.${word}`, 'connection', async (scene) => {
    const id = await scene.account()
    return { path: `/accounts/${id}/${word}`, id }
  })

/** What cannot be undone asks for the account's name. */
const onNamedAccount = (word: 'disconnect' | 'delete') =>
  form(`connection.${word}`, 'connection', async (scene) => {
    const id = await scene.account()
    const name = accountName(await Connection.findOrFail(id))
    return { path: `/accounts/${id}/${word}`, id, form: { name } }
  })

const onCampaign = (action: AuditAction, path: string, fields: Form = {}, options: { open?: boolean } = {}) =>
  form(action, 'campaign', async (scene) => {
    const { id } = await scene.campaign(options)
    return { path: `/campaigns/${id}${path}`, id, form: fields }
  })

const onMember = (word: 'grant' | 'extend' | 'revoke' | 'remove_member', open: boolean) =>
  form(`campaign.${word}`, 'campaign_member', async (scene) => {
    const { id, connection } = await scene.campaign({ open })
    const path = `/campaigns/${id}/members/${connection}/${word.replace('_member', '')}`
    return { path, id: connection, form: { hours: '3' } }
  })

const onOwnChannel = (word: 'grant' | 'extend' | 'revoke', open: boolean): AuditedRoute => ({
  action: `campaign.${word}`,
  target: 'campaign_member',
  async act(scene) {
    const { id, connection } = await scene.campaign({ open })
    const streamer = await scene.streamerOf(connection)
    const status = await scene.post(`/streamer/${id}/${connection}/${word}`, { hours: '3' }, streamer)
    return { status, id: connection }
  },
})

const onJob = (word: 'run' | 'pause' | 'resume') =>
  form(`job.${word}`, 'job', async () => ({ path: `/schedule/retention/${word}`, id: 'retention' }))

const onChannel = (word: 'test' | 'enable' | 'remove' | 'update' | 'rotate_secret') =>
  form(`channel.${word}`, 'channel', async (scene) => {
    const id = await scene.channel()
    const path = word === 'update' ? '' : `/${word.replace('_secret', '')}`
    return { path: `/alerts/channels/${id}${path}`, id, form: { name: 'Renamed', address: '' } }
  })

const RULE = { name: 'Night watch', severity: 'high', channels: ['inbox'], digest: 'none', isActive: 'yes' }
const PROVIDER = {
  ...{ name: 'Example', client_id: 'ours', client_secret: 'the-client-secret', scopes: 'read' },
  authorization_endpoint: 'https://provider.example/authorize',
  token_endpoint: 'https://provider.example/token',
}

async function ownProvider({ post }: AuditScene, key: string): Promise<string> {
  await post('/providers', { key, ...PROVIDER })
  return key
}

async function savedView({ admin, organization }: AuditScene, name: string): Promise<string> {
  const kept = await keepView({ organizationId: organization.id, userId: admin.id }, { name, query: '' })
  if (!kept.ok) throw new Error(kept.reason)
  return kept.view.id
}

/** The routes of pages. Sign-in and connecting an account have tests of their own, since browsers take several steps. */
export const PAGES: Readonly<Record<string, AuditedRoute>> = {
  'POST /settings/data/rotate': form('installation.rotate_encryption', null, async () => ({
    path: '/settings/data/rotate',
  })),
  'POST /accounts/refresh': form('connection.refresh_many', null, async () => ({
    path: '/accounts/refresh',
  })),
  'POST /accounts/bulk': form('connection.change_many', null, async (scene) => ({
    path: '/accounts/bulk',
    form: { action: 'pause', ids: [await scene.account()] },
  })),
  'GET /accounts/export': {
    ...{ action: 'connection.export', target: null },
    async act(scene) {
      const { visitor } = await scene.visitor()
      return { status: (await visitor.get('/accounts/export?format=csv')).status() }
    },
  },
  'POST /accounts/views': form('profile.save_view', null, async () => ({
    path: '/accounts/views',
    form: { name: 'Stale', q: 'status:reconnect' },
  })),
  'POST /accounts/views/:id': form('profile.save_view', null, async (scene) => ({
    path: `/accounts/views/${await savedView(scene, 'Old name')}`,
    form: { name: 'New name' },
  })),
  'POST /accounts/views/:id/remove': form('profile.remove_view', null, async (scene) => ({
    path: `/accounts/views/${await savedView(scene, 'Unwanted')}/remove`,
  })),
  'POST /accounts/:id/refresh': onAccount('refresh'),
  'POST /accounts/:id/pause': onAccount('pause'),
  'POST /accounts/:id/resume': onAccount('resume'),
  'POST /accounts/:id/reactivate': onAccount('reactivate'),
  'POST /accounts/:id/settings': form('connection.update', 'connection', async (scene) => {
    const id = await scene.account()
    return { path: `/accounts/${id}/settings`, id, form: { tags: 'vip', notes: 'Calls on Fridays' } }
  }),
  'POST /accounts/:id/disconnect': onNamedAccount('disconnect'),
  'POST /accounts/:id/delete': onNamedAccount('delete'),
  'POST /campaigns': form('campaign.create', 'campaign', async () => ({
    path: '/campaigns',
    form: { name: 'Friday quiz', windowHours: '6' },
  })),
  'POST /campaigns/:id': onCampaign('campaign.update', '', { name: 'Sunday quiz', windowHours: '6' }),
  'POST /campaigns/:id/archive': onCampaign('campaign.archive', '/archive'),
  'POST /campaigns/:id/sessions': onCampaign('campaign.start_session', '/sessions', {}, { open: true }),
  'POST /campaigns/:id/sessions/:session/end': form(
    'campaign.end_session',
    'campaign_session',
    async (scene) => {
      const { id } = await scene.campaign({ open: true })
      await scene.post(`/campaigns/${id}/sessions`)
      const [session] = await scene.fixture.sessions(id)
      return { path: `/campaigns/${id}/sessions/${session.id}/end`, id: String(session.id) }
    }
  ),
  'POST /campaigns/:id/members': form('campaign.add_member', 'campaign_member', async (scene) => {
    const [{ id }, connectionId] = [await scene.campaign(), await scene.account()]
    return { path: `/campaigns/${id}/members`, id: connectionId, form: { connectionId } }
  }),
  'POST /campaigns/:id/members/:connection/remove': onMember('remove_member', false),
  'POST /campaigns/:id/members/:connection/grant': onMember('grant', false),
  'POST /campaigns/:id/members/:connection/extend': onMember('extend', true),
  'POST /campaigns/:id/members/:connection/revoke': onMember('revoke', true),
  'POST /campaigns/:id/game-masters': form(
    'campaign.add_game_master',
    'campaign_game_master',
    async (scene) => {
      const [{ id }, userId] = [await scene.campaign(), await scene.gameMaster()]
      return { path: `/campaigns/${id}/game-masters`, id: userId, form: { userId } }
    }
  ),
  'POST /campaigns/:id/game-masters/:user/remove': form(
    'campaign.remove_game_master',
    'campaign_game_master',
    async (scene) => {
      const [{ id }, userId] = [await scene.campaign(), await scene.gameMaster()]
      await scene.post(`/campaigns/${id}/game-masters`, { userId })
      return { path: `/campaigns/${id}/game-masters/${userId}/remove`, id: userId }
    }
  ),
  'POST /streamer/:id/:connection/grant': onOwnChannel('grant', false),
  'POST /streamer/:id/:connection/extend': onOwnChannel('extend', true),
  'POST /streamer/:id/:connection/revoke': onOwnChannel('revoke', true),
  'POST /runs/:id/cancel': form('job.cancel', 'run', async (scene) => {
    const id = await scene.run()
    return { path: `/runs/${id}/cancel`, id }
  }),
  'POST /runs/:id/retry': form('connection.refresh_many', 'run', async (scene) => {
    const [id, connectionId] = [await scene.run(), await scene.account()]
    const results = new RunResults(id)
    results.add({ connectionId, provider: 'acme', status: 'failed', reason: 'rejected' })
    await results.flush()
    return { path: `/runs/${id}/retry`, id }
  }),
  'POST /schedule/:name/run': onJob('run'),
  'POST /schedule/:name/pause': onJob('pause'),
  'POST /schedule/:name/resume': onJob('resume'),
  'POST /providers': form('provider.create', 'provider', async () => ({
    ...{ path: '/providers', id: 'new-one' },
    form: { key: 'new-one', ...PROVIDER },
  })),
  'POST /providers/:key': form('provider.update', 'provider', async (scene) => {
    const id = await ownProvider(scene, 'changed')
    return { path: `/providers/${id}`, id, form: { ...PROVIDER, name: 'Renamed' } }
  }),
  'POST /providers/:key/remove': form('provider.remove', 'provider', async (scene) => {
    const id = await ownProvider(scene, 'removed')
    return { path: `/providers/${id}/remove`, id }
  }),
  'POST /providers/:key/test': form('provider.test', 'provider', async (scene) => {
    const id = await ownProvider(scene, 'tested')
    return { path: `/providers/${id}/test`, id }
  }),
  'POST /providers/:key/circuit': form('provider.open_gate', 'provider', async (scene) => {
    const id = await ownProvider(scene, 'opened')
    return { path: `/providers/${id}/circuit`, id }
  }),
  'POST /providers/:key/discover': form('provider.discover', 'provider', async (scene) => {
    const id = await ownProvider(scene, 'discovered')
    return { path: `/providers/${id}/discover`, id }
  }),
  'POST /alerts/rules': form('alert_rule.create', 'alert_rule', async () => ({
    path: '/alerts/rules',
    form: RULE,
  })),
  'POST /alerts/rules/default': form('alert_rule.adopt', null, async () => ({
    path: '/alerts/rules/default',
  })),
  'POST /alerts/rules/:id': form('alert_rule.update', 'alert_rule', async (scene) => {
    const id = await scene.rule()
    return { path: `/alerts/rules/${id}`, id, form: RULE }
  }),
  'POST /alerts/rules/:id/remove': form('alert_rule.remove', 'alert_rule', async (scene) => {
    const id = await scene.rule()
    return { path: `/alerts/rules/${id}/remove`, id }
  }),
  'POST /alerts/preferences': form('profile.alert_preferences', 'alert_preferences', async ({ admin }) => ({
    ...{ path: '/alerts/preferences', id: admin.id },
    form: { quietFrom: '22:00', quietUntil: '07:30', timeZone: 'Asia/Tokyo', locale: 'ja' },
  })),
  'POST /alerts/channels': form('channel.create', 'channel', async () => ({
    path: '/alerts/channels',
    form: { kind: 'webhook', name: 'Hook', address: 'https://receiver.example/a-hook' },
  })),
  'POST /alerts/channels/:id': onChannel('update'),
  'POST /alerts/channels/:id/test': onChannel('test'),
  'POST /alerts/channels/:id/enable': onChannel('enable'),
  'POST /alerts/channels/:id/remove': onChannel('remove'),
  'POST /alerts/channels/:id/rotate': onChannel('rotate_secret'),
  'POST /alerts/deliveries/:id/redeliver': form('delivery.redeliver', 'delivery', async (scene) => {
    const id = await scene.delivery('dead')
    return { path: `/alerts/deliveries/${id}/redeliver`, id }
  }),
  'POST /alerts/deliveries/:id/cancel': form('delivery.cancel', 'delivery', async (scene) => {
    const id = await scene.delivery('waiting')
    return { path: `/alerts/deliveries/${id}/cancel`, id }
  }),
  'POST /alerts/devices': form('device.enable', 'device', async (scene) => ({
    path: '/alerts/devices',
    form: deviceForm(scene),
  })),
  'POST /alerts/devices/:id/test': form('device.test', 'device', async (scene) => {
    const id = await scene.device()
    return { path: `/alerts/devices/${id}/test`, id }
  }),
  'POST /alerts/devices/:id/remove': form('device.remove', 'device', async (scene) => {
    const id = await scene.device()
    return { path: `/alerts/devices/${id}/remove`, id }
  }),
  'POST /logout': form('session.sign_out', 'person', async ({ admin }) => ({
    path: '/logout',
    id: admin.id,
  })),
}
