import type { HttpContext } from '@adonisjs/core/http'
import router from '@adonisjs/core/services/router'
import { may } from '#middleware/api_ability_middleware'
import { apiJson } from '#middleware/api_json_middleware'
import { apiKey } from '#middleware/api_key_middleware'
import { asOne } from '#middleware/as_one'
import AuditTrailMiddleware from '#middleware/audit_trail_middleware'
import type Tokens from '#controllers/api/v1/tokens_controller'
import { audited, pages } from '#start/kernel'

const OpenapiController = () => import('#controllers/api/openapi_controller')
const JobRunsController = () => import('#controllers/api/v1/job_runs_controller')
const RunsController = () => import('#controllers/api/v1/runs_controller')
const RefreshAttemptsController = () => import('#controllers/api/v1/refresh_attempts_controller')
const StatsController = () => import('#controllers/api/v1/stats_controller')
const ConnectionsController = () => import('#controllers/api/v1/connections_controller')
const ConnectionActionsController = () => import('#controllers/api/v1/connection_actions_controller')
const ImportsController = () => import('#controllers/api/v1/imports_controller')
const BulkRefreshesController = () => import('#controllers/api/v1/bulk_refreshes_controller')
const TokensController = () => import('#controllers/api/v1/tokens_controller')
const PlatformsController = () => import('#controllers/api/v1/platforms_controller')
const CampaignsController = () => import('#controllers/api/v1/campaigns_controller')
const CampaignMembersController = () => import('#controllers/api/v1/campaign_members_controller')
const CampaignSessionsController = () => import('#controllers/api/v1/campaign_sessions_controller')
const ConnectLinksController = () => import('#controllers/api/v1/connect_links_controller')
const ChannelsController = () => import('#controllers/api/v1/channels_controller')
const ChannelActionsController = () => import('#controllers/api/v1/channel_actions_controller')
const DeliveriesController = () => import('#controllers/api/v1/deliveries_controller')

const api = router.named({
  idempotency: () => import('#middleware/api_idempotency_middleware'),
})

/** What every call passes: functions, since the container would build a class anew for each call. */
const trail = new AuditTrailMiddleware()
const calls = asOne([apiKey, (ctx, next) => trail.handle(ctx, next), apiJson])

/** Tokens are asked for so often that building their controller for each call would show. */
const tokens: { controller?: Tokens } = {}
const token = (action: 'show' | 'ofConnection') => async (ctx: HttpContext) => {
  tokens.controller ??= new (await import('#controllers/api/v1/tokens_controller')).default()
  return tokens.controller[action](ctx)
}

/** What the API is, for everybody: it tells nothing of any organization. The reference is a page. */
router.get('/api/openapi.json', [OpenapiController, 'show']).as('api.document')
router.get('/api/docs', [OpenapiController, 'reference']).as('api.reference').use(pages)

/** The HTTP API. Whoever asks is known by the key alone, and with it the organization. */
router
  .group(() => {
    router
      .post('/jobs/:name/runs', [JobRunsController, 'store'])
      .use([may('runs:write'), api.idempotency(), audited('job.run', 'job')])
    router.get('/runs', [RunsController, 'index']).use(may('runs:read'))
    router.get('/runs/:id', [RunsController, 'show']).use(may('runs:read'))
    router
      .post('/runs/:id/cancel', [RunsController, 'cancel'])
      .use([may('runs:write'), audited('job.cancel', 'run')])

    router.get('/refresh-attempts', [RefreshAttemptsController, 'index']).use(may('stats:read'))
    router.get('/stats', [StatsController, 'show']).use(may('stats:read'))

    router.get('/connections', [ConnectionsController, 'index']).use(may('connections:read'))
    router
      .post('/connections', [ImportsController, 'store'])
      .use([may('connections:write'), api.idempotency(), audited('connection.import', 'connection')])
    router.get('/connections/:id', [ConnectionsController, 'show']).use(may('connections:read'))
    router
      .delete('/connections/:id', [ConnectionsController, 'destroy'])
      .use([may('connections:write'), audited('connection.delete', 'connection')])
    router
      .post('/connect-links', [ConnectLinksController, 'store'])
      .use([may('connections:write'), audited('connect_link.create', 'connect_link')])
    router.get('/platforms/health', [PlatformsController, 'health']).use(may('connections:read'))
    router
      .post('/connections/refresh', [BulkRefreshesController, 'store'])
      .use([may('connections:write'), api.idempotency(), audited('connection.refresh_many')])
    for (const action of ['refresh', 'pause', 'resume', 'reactivate'] as const) {
      router
        .post(`/connections/:id/${action}`, [ConnectionActionsController, action])
        .use([may('connections:write'), audited(`connection.${action}`, 'connection')])
    }
  })
  .prefix('/api/v1')
  .as('api')
  .use(calls)

/** Tokens, by the same rules. */
router
  .group(() => {
    router.get('/token', token('show')).as('tokens.show').use(may('tokens:read'))
    router
      .get('/connections/:id/token', token('ofConnection'))
      .as('tokens.connection')
      .use(may('tokens:read'))
    router
      .post('/connections/:id/report-unauthorized', [TokensController, 'reportUnauthorized'])
      .use([may('tokens:read'), audited('token.report_unauthorized', 'connection')])
    router
      .post('/tokens/validate', [TokensController, 'validate'])
      .use([may('tokens:read'), audited('token.validate')])
  })
  .prefix('/api/v1')
  .as('api')
  .use(calls)

/** Campaigns, by the same rules. */
router
  .group(() => {
    router.get('/', [CampaignsController, 'index']).use(may('campaigns:read'))
    router
      .post('/', [CampaignsController, 'store'])
      .use([may('campaigns:write'), api.idempotency(), audited('campaign.create', 'campaign')])
    router.get('/:id', [CampaignsController, 'show']).use(may('campaigns:read'))
    router
      .post('/:id/members', [CampaignMembersController, 'store'])
      .use([may('campaigns:write'), audited('campaign.add_member', 'campaign_member')])
    router
      .delete('/:id/members/:connection', [CampaignMembersController, 'destroy'])
      .use([may('campaigns:write'), audited('campaign.remove_member', 'campaign_member')])
    router
      .post('/:id/members/:connection/authorization', [CampaignMembersController, 'authorize'])
      .use([may('campaigns:write'), audited('campaign.grant', 'campaign_member')])
    router
      .delete('/:id/members/:connection/authorization', [CampaignMembersController, 'revoke'])
      .use([may('campaigns:write'), audited('campaign.revoke', 'campaign_member')])
    router
      .post('/:id/sessions', [CampaignSessionsController, 'store'])
      .use([may('campaigns:write'), audited('campaign.start_session', 'campaign')])
    router
      .delete('/:id/sessions/:session', [CampaignSessionsController, 'destroy'])
      .use([may('campaigns:write'), audited('campaign.end_session', 'campaign_session')])
  })
  .prefix('/api/v1/campaigns')
  .as('api')
  .use(calls)

/** The receivers of an organization's notifications, by the same rules. */
router
  .group(() => {
    router.get('/channels', [ChannelsController, 'index']).use(may('notifications:read'))
    router
      .post('/channels', [ChannelsController, 'store'])
      .use([may('notifications:write'), audited('channel.create', 'channel')])
    router.get('/channels/:id', [ChannelsController, 'show']).use(may('notifications:read'))
    router
      .patch('/channels/:id', [ChannelsController, 'update'])
      .use([may('notifications:write'), audited('channel.update', 'channel')])
    router
      .delete('/channels/:id', [ChannelsController, 'destroy'])
      .use([may('notifications:write'), audited('channel.remove', 'channel')])
    router
      .post('/channels/:id/test', [ChannelActionsController, 'test'])
      .use([may('notifications:write'), audited('channel.test', 'channel')])
    router
      .post('/channels/:id/rotate-secret', [ChannelActionsController, 'rotateSecret'])
      .use([may('notifications:write'), audited('channel.rotate_secret', 'channel')])
    router
      .post('/channels/:id/enable', [ChannelActionsController, 'enable'])
      .use([may('notifications:write'), audited('channel.enable', 'channel')])
    router.get('/channels/:id/deliveries', [DeliveriesController, 'index']).use(may('notifications:read'))
    router.get('/deliveries/:id', [DeliveriesController, 'show']).use(may('notifications:read'))
    router
      .post('/deliveries/:id/redeliver', [DeliveriesController, 'redeliver'])
      .use([may('notifications:write'), audited('delivery.redeliver', 'delivery')])
  })
  .prefix('/api/v1')
  .as('api')
  .use(calls)
