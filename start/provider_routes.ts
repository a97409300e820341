import router from '@adonisjs/core/services/router'
import { audited, middleware, pages } from '#start/kernel'

const ProvidersController = () => import('#controllers/admin/providers_controller')
const ProviderPageController = () => import('#controllers/admin/provider_page_controller')

/** What operators do about the providers of an organization. */
router
  .group(() => {
    router.get('/providers/new', [ProvidersController, 'create']).as('providers.create')
    router
      .post('/providers', [ProvidersController, 'store'])
      .as('providers.store')
      .use(audited('provider.create', 'provider'))
    router.get('/providers/:key/edit', [ProvidersController, 'edit']).as('providers.edit')
    router
      .post('/providers/:key', [ProvidersController, 'update'])
      .as('providers.update')
      .use(audited('provider.update', 'provider'))
    router
      .post('/providers/:key/remove', [ProvidersController, 'destroy'])
      .as('providers.destroy')
      .use(audited('provider.remove', 'provider'))
    router
      .post('/providers/:key/test', [ProviderPageController, 'test'])
      .as('providers.test')
      .use(audited('provider.test', 'provider'))
    router
      .post('/providers/:key/circuit', [ProviderPageController, 'openGate'])
      .as('providers.circuit')
      .use(audited('provider.open_gate', 'provider'))
    router
      .post('/providers/:key/discover', [ProviderPageController, 'discover'])
      .as('providers.discover')
      .use(audited('provider.discover', 'provider'))
  })
  .use([pages, middleware.auth(), middleware.organization(), middleware.operator(), middleware.shell()])

/** What everybody with a view of accounts may look at. Behind the rest: `new` is no provider. */
router
  .group(() => {
    router.get('/providers', [ProvidersController, 'index']).as('providers')
    router.get('/providers/:key', [ProviderPageController, 'show']).as('providers.show')
  })
  .use([pages, middleware.auth(), middleware.organization(), middleware.shell()])
