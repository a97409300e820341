import { errors } from '@adonisjs/core/http'
import router from '@adonisjs/core/services/router'
import { middleware } from '#start/kernel'

const SessionController = () => import('#controllers/session_controller')
const ThemeController = () => import('#controllers/theme_controller')
const AccountsController = () => import('#controllers/admin/accounts_controller')
const AccountActionsController = () => import('#controllers/admin/account_actions_controller')
const ConnectPageController = () => import('#controllers/admin/connect_page_controller')
const PulseController = () => import('#controllers/admin/pulse_controller')
const ConnectController = () => import('#controllers/connect/connect_controller')

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
    router.get('/', ({ response }) => response.redirect().toPath('/accounts')).as('home')
    router.get('/pulse', [PulseController, 'show']).as('pulse')
    router.get('/accounts', [AccountsController, 'index']).as('accounts')
    router.get('/accounts/connect', [ConnectPageController, 'show']).as('accounts.connect')
    router.get('/accounts/:id', [AccountsController, 'show']).as('accounts.show')
  })
  .use([middleware.auth(), middleware.organization(), middleware.shell()])

router
  .group(() => {
    router.post('/accounts/:id/refresh', [AccountActionsController, 'refresh']).as('accounts.refresh')
    router.post('/accounts/:id/pause', [AccountActionsController, 'pause']).as('accounts.pause')
    router.post('/accounts/:id/resume', [AccountActionsController, 'resume']).as('accounts.resume')
    router
      .post('/accounts/:id/reactivate', [AccountActionsController, 'reactivate'])
      .as('accounts.reactivate')
    router.post('/connect/:provider/start', [ConnectController, 'start']).as('connect.start')
    router.get('/connect/:provider/callback', [ConnectController, 'callback']).as('connect.callback')
  })
  .use([middleware.auth(), middleware.organization(), middleware.operator()])

/** Unknown addresses pass the router's middleware too, so that their error page has the policy of all pages. */
router.any('*', ({ request }) => {
  throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
})
