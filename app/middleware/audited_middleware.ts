import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { actorOf, type Declared } from '#middleware/audit_trail_middleware'

/**
 * Writes what is about to be done into the audit trail, right before the controller. Where that cannot be written, the
 * action does not happen. See `audit_trail_middleware.ts` for how a route is declared.
 */
export default class AuditedMiddleware {
  async handle(ctx: HttpContext, next: NextFn, _declared: Declared) {
    const actor = actorOf(ctx)
    if (actor) await ctx.audit?.by(actor)
    return next()
  }
}
