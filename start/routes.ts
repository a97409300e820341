import { errors } from '@adonisjs/core/http'
import router from '@adonisjs/core/services/router'
import { homeOf } from '#policies/roles'
import { middleware } from '#start/kernel'
import '#start/api_routes'
import '#start/notification_routes'
import '#start/operations_routes'

const SessionController = () => import('#controllers/session_controller')
const ThemeController = () => import('#controllers/theme_controller')
const AccountsController = () => import('#controllers/admin/accounts_controller')
const AccountActionsController = () => import('#controllers/admin/account_actions_controller')
const ConnectPageController = () => import('#controllers/admin/connect_page_controller')
const ProvidersController = () => import('#controllers/admin/providers_controller')
const AccountRunsController = () => import('#controllers/admin/account_runs_controller')
const RunsController = () => import('#controllers/admin/runs_controller')
const ScheduleController = () => import('#controllers/admin/schedule_controller')
const ActivityController = () => import('#controllers/admin/activity_controller')
const PulseController = () => import('#controllers/admin/pulse_controller')
const ConnectController = () => import('#controllers/connect/connect_controller')
const McpServersController = () => import('#controllers/connect/mcp_servers_controller')
const ReconnectController = () => import('#controllers/connect/reconnect_controller')
const ConnectLinkController = () => import('#controllers/connect/connect_link_controller')
const CampaignsController = () => import('#controllers/admin/campaigns_controller')
const CampaignPeopleController = () => import('#controllers/admin/campaign_people_controller')
const CampaignWindowsController = () => import('#controllers/admin/campaign_windows_controller')
const CampaignSessionsController = () => import('#controllers/admin/campaign_sessions_controller')
const StreamerController = () => import('#controllers/streamer_controller')
const PushSubscriptionsController = () => import('#controllers/notifications/push_subscriptions_controller')
const ClientMetadataController = () => import('#controllers/connect/client_metadata_controller')

router.post('/theme', [ThemeController, 'store']).as('theme')

router
  .group(() => {
    router.get('/login', [SessionController, 'create']).as('login')
    router.post('/login', [SessionController, 'store']).as('login.store')
  })
  .use(middleware.guest())
router.post('/logout', [SessionController, 'destroy']).as('logout').use(middleware.auth())

router
  .group(() => {
    router.get('/accounts', [AccountsController, 'index']).as('accounts')
    router.get('/accounts/connect', [ConnectPageController, 'show']).as('accounts.connect')
    router.get('/accounts/:id', [AccountsController, 'show']).as('accounts.show')
    router.get('/runs', [RunsController, 'index']).as('runs')
    router.get('/runs/:id', [RunsController, 'show']).as('runs.show')
    router.get('/activity', [ActivityController, 'index']).as('activity')
    router.get('/schedule', [ScheduleController, 'index']).as('schedule')
    router.get('/providers', [ProvidersController, 'index']).as('providers')
  })
  .use([middleware.auth(), middleware.organization(), middleware.shell()])

router
  .group(() => {
    router.post('/accounts/refresh', [AccountRunsController, 'store']).as('accounts.refresh_all')
    router.post('/accounts/:id/refresh', [AccountActionsController, 'refresh']).as('accounts.refresh')
    router.post('/accounts/:id/pause', [AccountActionsController, 'pause']).as('accounts.pause')
    router.post('/accounts/:id/resume', [AccountActionsController, 'resume']).as('accounts.resume')
    router
      .post('/accounts/:id/reactivate', [AccountActionsController, 'reactivate'])
      .as('accounts.reactivate')
    router
      .post('/accounts/:id/disconnect', [AccountActionsController, 'disconnect'])
      .as('accounts.disconnect')
    router.post('/runs/:id/cancel', [ScheduleController, 'cancel']).as('runs.cancel')
    router.post('/schedule/:name/run', [ScheduleController, 'run']).as('schedule.run')
    router.post('/schedule/:name/pause', [ScheduleController, 'pause']).as('schedule.pause')
    router.post('/schedule/:name/resume', [ScheduleController, 'resume']).as('schedule.resume')
    router.post('/connect/mcp', [McpServersController, 'store']).as('connect.mcp')
  })
  .use([middleware.auth(), middleware.organization(), middleware.operator()])

router
  .group(() => {
    router.post('/connect/:provider/start', [ConnectController, 'start']).as('connect.start')
  })
  .use([middleware.auth(), middleware.organization({ area: 'all' }), middleware.connector()])

// People who left by a connect link come back here too, and have no account.
router
  .get('/connect/:provider/callback', [ConnectController, 'callback'])
  .as('connect.callback')
  .use([
    middleware.connectLink(),
    middleware.auth(),
    middleware.organization({ area: 'all' }),
    middleware.connector(),
  ])

router.get('/link/:id', [ConnectLinkController, 'show']).as('connect_links.show')
router.post('/link/:id', [ConnectLinkController, 'start']).as('connect_links.start')
router.get('/link/:id/done', [ConnectLinkController, 'done']).as('connect_links.done')

router
  .group(() => {
    router
      .get('/', ({ membership, response }) => response.redirect().toPath(homeOf(membership.role)))
      .as('home')
    router.get('/pulse', [PulseController, 'show']).as('pulse')
    router.get('/accounts/:id/reconnect', [ReconnectController, 'show']).as('accounts.reconnect')
  })
  .use([middleware.auth(), middleware.organization({ area: 'all' }), middleware.shell()])

router
  .group(() => {
    router.get('/campaigns', [CampaignsController, 'index']).as('campaigns')
    router.get('/campaigns/new', [CampaignsController, 'create']).as('campaigns.create')
    router.post('/campaigns', [CampaignsController, 'store']).as('campaigns.store')
    router.get('/campaigns/:id', [CampaignsController, 'show']).as('campaigns.show')
    router.post('/campaigns/:id', [CampaignsController, 'update']).as('campaigns.update')
    router.post('/campaigns/:id/archive', [CampaignsController, 'archive']).as('campaigns.archive')
    router.post('/campaigns/:id/members', [CampaignPeopleController, 'addMember']).as('campaigns.members')
    router
      .post('/campaigns/:id/members/:connection/remove', [CampaignPeopleController, 'removeMember'])
      .as('campaigns.members.remove')
    router
      .post('/campaigns/:id/members/:connection/grant', [CampaignWindowsController, 'grant'])
      .as('campaigns.grant')
    router
      .post('/campaigns/:id/members/:connection/extend', [CampaignWindowsController, 'extend'])
      .as('campaigns.extend')
    router
      .post('/campaigns/:id/members/:connection/revoke', [CampaignWindowsController, 'revoke'])
      .as('campaigns.revoke')
    router
      .post('/campaigns/:id/game-masters', [CampaignPeopleController, 'addGameMaster'])
      .as('campaigns.game_masters')
    router
      .post('/campaigns/:id/game-masters/:user/remove', [CampaignPeopleController, 'removeGameMaster'])
      .as('campaigns.game_masters.remove')
    router.post('/campaigns/:id/sessions', [CampaignSessionsController, 'start']).as('campaigns.start')
    router
      .post('/campaigns/:id/sessions/:session/end', [CampaignSessionsController, 'end'])
      .as('campaigns.end')
  })
  .use([middleware.auth(), middleware.organization({ area: 'campaigns' }), middleware.shell()])

router
  .group(() => {
    router.get('/streamer', [StreamerController, 'show']).as('streamer')
    router.post('/streamer/:id/:connection/grant', [CampaignWindowsController, 'grant']).as('streamer.grant')
    router
      .post('/streamer/:id/:connection/extend', [CampaignWindowsController, 'extend'])
      .as('streamer.extend')
    router
      .post('/streamer/:id/:connection/revoke', [CampaignWindowsController, 'revoke'])
      .as('streamer.revoke')
  })
  .use([middleware.auth(), middleware.organization({ area: 'channels' }), middleware.shell()])

// notifications: push
router
  .group(() => {
    router.get('/alerts/devices/key', [PushSubscriptionsController, 'key']).as('alerts.devices.key')
    router.post('/alerts/devices', [PushSubscriptionsController, 'store']).as('alerts.devices.store')
    router.post('/alerts/devices/:id/test', [PushSubscriptionsController, 'test']).as('alerts.devices.test')
    router
      .post('/alerts/devices/:id/remove', [PushSubscriptionsController, 'destroy'])
      .as('alerts.devices.remove')
  })
  .use([middleware.auth(), middleware.organization({ area: 'all' })])
router
  .get('/alerts/devices', [PushSubscriptionsController, 'index'])
  .as('alerts.devices')
  .use([middleware.auth(), middleware.organization({ area: 'all' }), middleware.alerts(), middleware.shell()])

router
  .get('/oauth/clients/:provider/client-metadata.json', [ClientMetadataController, 'show'])
  .as('oauth.client_metadata')

router
  .group(() => {
    router.get('/providers/new', [ProvidersController, 'create']).as('providers.create')
    router.post('/providers', [ProvidersController, 'store']).as('providers.store')
    router.get('/providers/:key/edit', [ProvidersController, 'edit']).as('providers.edit')
    router.post('/providers/:key', [ProvidersController, 'update']).as('providers.update')
    router.post('/providers/:key/remove', [ProvidersController, 'destroy']).as('providers.destroy')
  })
  .use([middleware.auth(), middleware.organization(), middleware.operator(), middleware.shell()])

/** Unknown addresses pass the router's middleware too, so that their error page has the policy of all pages. */
router.any('*', ({ request }) => {
  throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
})
