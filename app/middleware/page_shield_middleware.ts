import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import ShieldMiddleware from '@adonisjs/shield/shield_middleware'
import { isApi } from '#exceptions/problem'

/** Guards pages. A form that another site sends with somebody's cookies cannot reach the API, which reads no cookie. */
@inject()
export default class PageShieldMiddleware {
  constructor(private readonly shield: ShieldMiddleware) {}

  handle(ctx: HttpContext, next: NextFn) {
    return isApi(ctx) ? next() : this.shield.handle(ctx, next)
  }
}
