import router from '@adonisjs/core/services/router'
import { audited, middleware, pages } from '#start/kernel'

const ApiKeysController = () => import('#controllers/admin/api_keys_controller')
const ApiKeyEndsController = () => import('#controllers/admin/api_key_ends_controller')
const ProgramsController = () => import('#controllers/admin/programs_controller')

/** What cannot be an id of ours is not found, before any query is made of it. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const readers = [middleware.auth(), middleware.organization()]
const operators = [...readers, middleware.operator()]

/** The page itself is `/api`; below `/api/` are the calls of programs, without session and pages. */
router
  .group(() => {
    router.get('/api', [ApiKeysController, 'index']).as('programs')
    router.get('/api-start', [ProgramsController, 'start']).as('programs.start')
    router.get('/api-keys/:id', [ApiKeysController, 'show']).as('programs.keys.show').where('id', ID)
  })
  .use([pages, ...readers, middleware.shell()])

router
  .group(() => {
    router.get('/api-webhooks', [ProgramsController, 'webhooks']).as('programs.webhooks')
    router.get('/api-keys/new', [ApiKeysController, 'create']).as('programs.keys.create')
    router
      .post('/api-keys/:id/revoke', [ApiKeyEndsController, 'revoke'])
      .as('programs.keys.revoke')
      .where('id', ID)
      .use(audited('api_key.revoke', 'api_key'))
  })
  .use([pages, ...operators, middleware.shell()])

/** These answer with the page that shows a key once. */
router
  .group(() => {
    router
      .post('/api-keys', [ApiKeysController, 'store'])
      .as('programs.keys.store')
      .use(audited('api_key.create', 'api_key'))
    router
      .post('/api-keys/:id/rotate', [ApiKeyEndsController, 'rotate'])
      .as('programs.keys.rotate')
      .where('id', ID)
      .use(audited('api_key.rotate', 'api_key'))
  })
  .use([pages, ...operators, middleware.shell({ always: true })])
