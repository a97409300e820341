import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { notAllowed } from '#exceptions/not_allowed'
import { mayManage } from '#policies/roles'

/** Lets only people through who may change who belongs to the organization. Stands behind the organization middleware. */
export default class AdminMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    if (mayManage(ctx.membership.role)) return next()
    throw notAllowed(ctx, 'manage')
  }
}
