import router from '@adonisjs/core/services/router'
import type { Ability } from '#services/api_keys/abilities'

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
  key: () => import('#middleware/api_key_middleware'),
  ability: () => import('#middleware/api_ability_middleware'),
  json: () => import('#middleware/api_json_middleware'),
  idempotency: () => import('#middleware/api_idempotency_middleware'),
})

/** What a key must be allowed to do for a call. */
const may = (ability: Ability) => api.ability({ ability })

/** The HTTP API. Whoever asks is known by the key alone, and with it the organization. */
router
  .group(() => {
    router.post('/jobs/:name/runs', [JobRunsController, 'store']).use([may('runs:write'), api.idempotency()])
    router.get('/runs', [RunsController, 'index']).use(may('runs:read'))
    router.get('/runs/:id', [RunsController, 'show']).use(may('runs:read'))
    router.post('/runs/:id/cancel', [RunsController, 'cancel']).use(may('runs:write'))

    router.get('/refresh-attempts', [RefreshAttemptsController, 'index']).use(may('stats:read'))
    router.get('/stats', [StatsController, 'show']).use(may('stats:read'))

    router.get('/connections', [ConnectionsController, 'index']).use(may('connections:read'))
    router
      .post('/connections', [ImportsController, 'store'])
      .use([may('connections:write'), api.idempotency()])
    router.get('/connections/:id', [ConnectionsController, 'show']).use(may('connections:read'))
    router.delete('/connections/:id', [ConnectionsController, 'destroy']).use(may('connections:write'))
    router.post('/connect-links', [ConnectLinksController, 'store']).use(may('connections:write'))
    router.get('/platforms/health', [PlatformsController, 'health']).use(may('connections:read'))
    router
      .post('/connections/refresh', [BulkRefreshesController, 'store'])
      .use([may('connections:write'), api.idempotency()])
    for (const action of ['refresh', 'pause', 'resume', 'reactivate'] as const) {
      router
        .post(`/connections/:id/${action}`, [ConnectionActionsController, action])
        .use(may('connections:write'))
    }

    router.get('/token', [TokensController, 'show']).use(may('tokens:read'))
    router.get('/connections/:id/token', [TokensController, 'ofConnection']).use(may('tokens:read'))
    router
      .post('/connections/:id/report-unauthorized', [TokensController, 'reportUnauthorized'])
      .use(may('tokens:read'))
    router.post('/tokens/validate', [TokensController, 'validate']).use(may('tokens:read'))
  })
  .prefix('/api/v1')
  .as('api')
  .use([api.key(), api.json()])

/** Campaigns, by the same rules. */
router
  .group(() => {
    router.get('/', [CampaignsController, 'index']).use(may('campaigns:read'))
    router.post('/', [CampaignsController, 'store']).use([may('campaigns:write'), api.idempotency()])
    router.get('/:id', [CampaignsController, 'show']).use(may('campaigns:read'))
    router.post('/:id/members', [CampaignMembersController, 'store']).use(may('campaigns:write'))
    router
      .delete('/:id/members/:connection', [CampaignMembersController, 'destroy'])
      .use(may('campaigns:write'))
    router
      .post('/:id/members/:connection/authorization', [CampaignMembersController, 'authorize'])
      .use(may('campaigns:write'))
    router
      .delete('/:id/members/:connection/authorization', [CampaignMembersController, 'revoke'])
      .use(may('campaigns:write'))
    router.post('/:id/sessions', [CampaignSessionsController, 'store']).use(may('campaigns:write'))
    router
      .delete('/:id/sessions/:session', [CampaignSessionsController, 'destroy'])
      .use(may('campaigns:write'))
  })
  .prefix('/api/v1/campaigns')
  .as('api')
  .use([api.key(), api.json()])

/** The receivers of an organization's notifications, by the same rules. */
router
  .group(() => {
    router.get('/channels', [ChannelsController, 'index']).use(may('notifications:read'))
    router.post('/channels', [ChannelsController, 'store']).use(may('notifications:write'))
    router.get('/channels/:id', [ChannelsController, 'show']).use(may('notifications:read'))
    router.patch('/channels/:id', [ChannelsController, 'update']).use(may('notifications:write'))
    router.delete('/channels/:id', [ChannelsController, 'destroy']).use(may('notifications:write'))
    router.post('/channels/:id/test', [ChannelActionsController, 'test']).use(may('notifications:write'))
    router
      .post('/channels/:id/rotate-secret', [ChannelActionsController, 'rotateSecret'])
      .use(may('notifications:write'))
    router.post('/channels/:id/enable', [ChannelActionsController, 'enable']).use(may('notifications:write'))
    router.get('/channels/:id/deliveries', [DeliveriesController, 'index']).use(may('notifications:read'))
    router.get('/deliveries/:id', [DeliveriesController, 'show']).use(may('notifications:read'))
    router
      .post('/deliveries/:id/redeliver', [DeliveriesController, 'redeliver'])
      .use(may('notifications:write'))
  })
  .prefix('/api/v1')
  .as('api')
  .use([api.key(), api.json()])
