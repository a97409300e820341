import { errors } from '@adonisjs/core/http'
import router from '@adonisjs/core/services/router'
import { isApi } from '#exceptions/problem'
import { audited, middleware, pages } from '#start/kernel'
import '#start/account_routes'
import '#start/api_routes'
import '#start/audit_routes'
import '#start/campaign_routes'
import '#start/notification_routes'
import '#start/operations_routes'
import '#start/people_routes'
import '#start/program_routes'
import '#start/provider_routes'
import '#start/run_routes'
import '#start/setup_routes'

const SessionController = () => import('#controllers/session_controller')
const LanguageController = () => import('#controllers/language_controller')
const ThemeController = () => import('#controllers/theme_controller')
const OverviewController = () => import('#controllers/admin/overview_controller')
const ShellChoiceController = () => import('#controllers/shell_choice_controller')
const PulseController = () => import('#controllers/admin/pulse_controller')

for (const [name, controller] of [
  ['theme', ThemeController],
  ['shell', ShellChoiceController],
  ['language', LanguageController],
] as const)
  router.post(`/${name}`, [controller, 'store']).as(name).use(pages)

router
  .group(() => {
    router.get('/login', [SessionController, 'create']).as('login')
    router
      .post('/login', [SessionController, 'store'])
      .as('login.store')
      .use(audited('session.sign_in', 'person'))
  })
  .use([pages, middleware.guest()])
router
  .post('/logout', [SessionController, 'destroy'])
  .as('logout')
  .use([pages, middleware.auth(), audited('session.sign_out', 'person')])

router
  .group(() => {
    router.get('/', [OverviewController, 'show']).as('home')
    router.get('/pulse', [PulseController, 'show']).as('pulse')
  })
  .use([pages, middleware.auth(), middleware.organization({ area: 'all' }), middleware.shell()])

/** Unknown addresses get an error page with the policy of all pages; programs get theirs without a session. */
router
  .any('*', ({ request }) => {
    throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
  })
  .use((ctx, next) => (isApi(ctx) ? next() : pages(ctx, next)))
