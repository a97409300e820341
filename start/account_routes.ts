import router from '@adonisjs/core/services/router'
import { askFirst } from '#controllers/admin/bulk_request'
import { audited, middleware, pages } from '#start/kernel'

const AccountController = () => import('#controllers/admin/account_controller')
const AccountSettingsController = () => import('#controllers/admin/account_settings_controller')
const AccountBulkController = () => import('#controllers/admin/account_bulk_controller')
const AccountExportController = () => import('#controllers/admin/account_export_controller')
const AccountSuggestionsController = () => import('#controllers/admin/account_suggestions_controller')
const ListViewController = () => import('#controllers/admin/list_view_controller')
const ReconnectLinksController = () => import('#controllers/admin/reconnect_links_controller')
const ReconnectLettersController = () => import('#controllers/admin/reconnect_letters_controller')
const SavedViewsController = () => import('#controllers/admin/saved_views_controller')
const AccountsController = () => import('#controllers/admin/accounts_controller')
const AccountActionsController = () => import('#controllers/admin/account_actions_controller')
const ConnectPageController = () => import('#controllers/admin/connect_page_controller')
const AccountRunsController = () => import('#controllers/admin/account_runs_controller')
const ConnectController = () => import('#controllers/connect/connect_controller')
const McpServersController = () => import('#controllers/connect/mcp_servers_controller')
const ReconnectController = () => import('#controllers/connect/reconnect_controller')
const ConnectLinkController = () => import('#controllers/connect/connect_link_controller')
const ClientMetadataController = () => import('#controllers/connect/client_metadata_controller')

/** Accounts, and the ways in which they are connected. The first address that fits is taken: `:id` fits every word. */
// Not behind the shell: it is asked for at each key, and shows no page.
router
  .get('/accounts/suggestions', [AccountSuggestionsController, 'index'])
  .as('accounts.suggestions')
  .use([pages, middleware.auth(), middleware.organization()])

router
  .group(() => {
    router.get('/accounts', [AccountsController, 'index']).as('accounts')
    router.get('/accounts/connect', [ConnectPageController, 'show']).as('accounts.connect')
    router
      .get('/accounts/export', [AccountExportController, 'show'])
      .as('accounts.export')
      .use(audited('connection.export'))
    router.post('/accounts/view', [ListViewController, 'store']).as('accounts.view')
    router
      .post('/accounts/views', [SavedViewsController, 'store'])
      .as('accounts.views.store')
      .use(audited('profile.save_view'))
    router
      .post('/accounts/views/:id', [SavedViewsController, 'update'])
      .as('accounts.views.update')
      .use(audited('profile.save_view'))
    router
      .post('/accounts/views/:id/remove', [SavedViewsController, 'destroy'])
      .as('accounts.views.remove')
      .use(audited('profile.remove_view'))
    router.get('/accounts/:id', [AccountController, 'show']).as('accounts.show')
  })
  .use([pages, middleware.auth(), middleware.organization(), middleware.shell()])

router
  .group(() => {
    router.get('/accounts/bulk/:action', [AccountBulkController, 'show']).as('accounts.bulk.ask')
    router.get('/runs/:id/links', [ReconnectLinksController, 'show']).as('runs.links')
  })
  .use([pages, middleware.auth(), middleware.organization(), middleware.operator(), middleware.shell()])

router
  .group(() => {
    router
      .post('/accounts/bulk', [AccountBulkController, 'store'])
      .as('accounts.bulk')
      .use([askFirst, audited('connection.change_many')])
    router
      .post('/accounts/refresh', [AccountRunsController, 'store'])
      .as('accounts.refresh_all')
      .use(audited('connection.refresh_many'))
    router
      .post('/accounts/:id/refresh', [AccountActionsController, 'refresh'])
      .as('accounts.refresh')
      .use(audited('connection.refresh', 'connection'))
    router
      .post('/accounts/:id/pause', [AccountActionsController, 'pause'])
      .as('accounts.pause')
      .use(audited('connection.pause', 'connection'))
    router
      .post('/accounts/:id/resume', [AccountActionsController, 'resume'])
      .as('accounts.resume')
      .use(audited('connection.resume', 'connection'))
    router
      .post('/accounts/:id/reactivate', [AccountActionsController, 'reactivate'])
      .as('accounts.reactivate')
      .use(audited('connection.reactivate', 'connection'))
    router
      .post('/accounts/:id/link', [AccountActionsController, 'link'])
      .as('accounts.link')
      .use(audited('connect_link.create', 'connect_link'))
    router
      .post('/accounts/:id/link/send', [ReconnectLettersController, 'store'])
      .as('accounts.link.send')
      .use(audited('connect_link.send', 'connect_link'))
  })
  .use([pages, middleware.auth(), middleware.organization(), middleware.operator()])

router
  .group(() => {
    router
      .post('/accounts/:id/settings', [AccountSettingsController, 'update'])
      .as('accounts.settings')
      .use(audited('connection.update', 'connection'))
    router
      .post('/accounts/:id/disconnect', [AccountSettingsController, 'disconnect'])
      .as('accounts.disconnect')
      .use(audited('connection.disconnect', 'connection'))
    router
      .post('/accounts/:id/delete', [AccountSettingsController, 'destroy'])
      .as('accounts.delete')
      .use(audited('connection.delete', 'connection'))
    router
      .post('/connect/mcp', [McpServersController, 'store'])
      .as('connect.mcp')
      .use(audited('connection.begin_connect'))
  })
  .use([pages, middleware.auth(), middleware.organization(), middleware.operator()])

router
  .group(() => {
    router.get('/accounts/:id/reconnect', [ReconnectController, 'show']).as('accounts.reconnect')
  })
  .use([pages, middleware.auth(), middleware.organization({ area: 'all' }), middleware.shell()])

router
  .group(() => {
    router
      .post('/connect/:provider/start', [ConnectController, 'start'])
      .as('connect.start')
      .use(audited('connection.begin_connect'))
  })
  .use([pages, middleware.auth(), middleware.organization({ area: 'all' }), middleware.connector()])

// People who left by a connect link come back here too, and have no account.
router
  .get('/connect/:provider/callback', [ConnectController, 'callback'])
  .as('connect.callback')
  .use([
    pages,
    middleware.connectLink(),
    middleware.auth(),
    middleware.organization({ area: 'all' }),
    middleware.connector(),
    audited('connection.connect', 'connection'),
  ])

router.get('/link/:id', [ConnectLinkController, 'show']).as('connect_links.show').use(pages)
router
  .post('/link/:id', [ConnectLinkController, 'start'])
  .as('connect_links.start')
  .use([pages, audited('connect_link.open', 'connect_link')])
router.get('/link/:id/done', [ConnectLinkController, 'done']).as('connect_links.done').use(pages)

router
  .get('/oauth/clients/:provider/client-metadata.json', [ClientMetadataController, 'show'])
  .as('oauth.client_metadata')
  .use(pages)
