import router from '@adonisjs/core/services/router'
import server from '@adonisjs/core/services/server'

server.errorHandler(() => import('#exceptions/handler'))

server.use([
  () => import('#middleware/shared_cache_middleware'),
  () => import('#middleware/container_bindings_middleware'),
  () => import('#middleware/page_files_middleware'),
])

router.use([
  () => import('@adonisjs/core/bodyparser_middleware'),
  () => import('#middleware/page_session_middleware'),
  () => import('#middleware/page_shield_middleware'),
  () => import('#middleware/caller_middleware'),
])

export const middleware = router.named({
  auth: () => import('#middleware/auth_middleware'),
  guest: () => import('#middleware/guest_middleware'),
  organization: () => import('#middleware/organization_middleware'),
  operator: () => import('#middleware/operator_middleware'),
  connector: () => import('#middleware/connector_middleware'),
  connectLink: () => import('#middleware/connect_link_middleware'),
  alerts: () => import('#middleware/alerts_middleware'),
  shell: () => import('#middleware/shell_middleware'),
})
