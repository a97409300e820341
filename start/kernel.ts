import router from '@adonisjs/core/services/router'
import server from '@adonisjs/core/services/server'
import '#start/request_id'
import { forPages } from '#middleware/for_pages'
import type { AuditAction } from '#services/audit/actions'
import type { TargetKind } from '#services/audit/targets'

server.errorHandler(() => import('#exceptions/handler'))

/** Every page passes these, and so does every file: the last route matches all addresses. The API has its own few. */
router.use(
  forPages([
    () => import('#middleware/shared_cache_middleware'),
    () => import('#middleware/container_bindings_middleware'),
    () => import('@adonisjs/static/static_middleware'),
    () => import('#middleware/locale_middleware'),
    () => import('@adonisjs/core/bodyparser_middleware'),
    () => import('@adonisjs/session/session_middleware'),
    () => import('@adonisjs/shield/shield_middleware'),
    () => import('@adonisjs/auth/initialize_auth_middleware'),
    () => import('#middleware/notice_middleware'),
    () => import('#middleware/audit_trail_middleware'),
  ])
)

export const middleware = router.named({
  auth: () => import('#middleware/auth_middleware'),
  guest: () => import('#middleware/guest_middleware'),
  organization: () => import('#middleware/organization_middleware'),
  operator: () => import('#middleware/operator_middleware'),
  connector: () => import('#middleware/connector_middleware'),
  admin: () => import('#middleware/admin_middleware'),
  connectLink: () => import('#middleware/connect_link_middleware'),
  alerts: () => import('#middleware/alerts_middleware'),
  shell: () => import('#middleware/shell_middleware'),
  audited: () => import('#middleware/audited_middleware'),
})

/** What a route changes, for the audit trail (see `audit_trail_middleware.ts`). Stands last on the route. */
export const audited = (action: AuditAction, target?: TargetKind) => middleware.audited({ action, target })
