import { moduleImporter } from '@adonisjs/core/container'
import router from '@adonisjs/core/services/router'
import server from '@adonisjs/core/services/server'
import type { MiddlewareAsClass } from '@adonisjs/core/types/http'
import '#start/request_id'
import { asOne, type Part } from '#middleware/as_one'
import type { AuditAction } from '#services/audit/actions'
import type { TargetKind } from '#services/audit/targets'

server.errorHandler(() => import('#exceptions/handler'))

/** Middleware of the framework's form as a part of a chain. */
function part(importer: () => Promise<{ default: MiddlewareAsClass }>): Part {
  const { handle } = moduleImporter(importer, 'handle').toHandleMethod()
  return (ctx, next): Promise<unknown> => handle(ctx.containerResolver, ctx, next)
}

/** What every page and every file passes. The API has its own few and pays for none of these (see `routes.ts`). */
export const pages = asOne([
  part(() => import('#middleware/shared_cache_middleware')),
  part(() => import('#middleware/container_bindings_middleware')),
  part(() => import('@adonisjs/static/static_middleware')),
  part(() => import('#middleware/locale_middleware')),
  part(() => import('@adonisjs/core/bodyparser_middleware')),
  part(() => import('@adonisjs/session/session_middleware')),
  part(() => import('@adonisjs/shield/shield_middleware')),
  part(() => import('@adonisjs/auth/initialize_auth_middleware')),
  part(() => import('#middleware/notice_middleware')),
  part(() => import('#middleware/audit_trail_middleware')),
])

export const middleware = router.named({
  auth: () => import('#middleware/auth_middleware'),
  firstPerson: () => import('#middleware/first_person_middleware'),
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
