import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import ShieldMiddleware from '@adonisjs/shield/shield_middleware'
import { isApi } from '#exceptions/problem'

/**
 * Guards pages. A form that another site sends with somebody's cookies cannot reach the API, which reads no cookie. The
 * shield is made for pages only, since that loads the views.
 */
export default class PageShieldMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    if (isApi(ctx)) return next()
    const shield = await ctx.containerResolver.make(ShieldMiddleware)
    return shield.handle(ctx, next)
  }
}
