import { errors } from '@adonisjs/core/http'
import router from '@adonisjs/core/services/router'
import { isApi } from '#exceptions/problem'
import { audited, middleware, pages } from '#start/kernel'
import { accountRoutes } from '#start/account_routes'
import '#start/api_routes'
import { auditRoutes } from '#start/audit_routes'
import { campaignRoutes } from '#start/campaign_routes'
import { notificationRoutes } from '#start/notification_routes'
import '#start/operations_routes'
import { peopleRoutes } from '#start/people_routes'
import { programRoutes } from '#start/program_routes'
import { providerRoutes } from '#start/provider_routes'
import { runRoutes } from '#start/run_routes'
import { setupRoutes } from '#start/setup_routes'

const SessionController = () => import('#controllers/session_controller')
const LanguageController = () => import('#controllers/language_controller')
const ThemeController = () => import('#controllers/theme_controller')
const OverviewController = () => import('#controllers/admin/overview_controller')
const ShellChoiceController = () => import('#controllers/shell_choice_controller')
const PulseController = () => import('#controllers/admin/pulse_controller')

/** Signing in and out, the overview, and what is chosen of the look. */
function ownRoutes(): void {
  router.post('/theme', [ThemeController, 'store']).as('theme')
  router.post('/shell', [ShellChoiceController, 'store']).as('shell')
  router.post('/language', [LanguageController, 'store']).as('language')

  router
    .group(() => {
      router.get('/login', [SessionController, 'create']).as('login')
      router
        .post('/login', [SessionController, 'store'])
        .as('login.store')
        .use(audited('session.sign_in', 'person'))
    })
    .use(middleware.guest())
  router
    .post('/logout', [SessionController, 'destroy'])
    .as('logout')
    .use([middleware.auth(), audited('session.sign_out', 'person')])

  router
    .group(() => {
      router.get('/', [OverviewController, 'show']).as('home')
      router.get('/pulse', [PulseController, 'show']).as('pulse')
    })
    .use([middleware.auth(), middleware.organization({ area: 'all' }), middleware.shell()])
}

router
  .group(() => {
    ownRoutes()
    accountRoutes()
    auditRoutes()
    campaignRoutes()
    notificationRoutes()
    peopleRoutes()
    programRoutes()
    providerRoutes()
    runRoutes()
    setupRoutes()
  })
  .use(pages)

/** Unknown addresses get an error page with the policy of all pages; programs get theirs without a session. */
router
  .any('*', ({ request }) => {
    throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()])
  })
  .use((ctx, next) => (isApi(ctx) ? next() : pages(ctx, next)))
