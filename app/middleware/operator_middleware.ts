import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { notAllowed } from '#exceptions/not_allowed'
import { mayAct } from '#policies/roles'

/** Lets only people through whose role may change something. Stands behind the organization middleware. */
export default class OperatorMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    if (mayAct(ctx.membership.role)) return next()
    throw notAllowed(ctx, 'act')
  }
}
