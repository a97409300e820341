import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { notAllowed } from '#exceptions/not_allowed'
import { mayConnect } from '#policies/channel_policy'

/** Lets only people through whose role may connect accounts. Stands behind the organization middleware. */
export default class ConnectorMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    if (mayConnect(ctx.membership.role)) return next()
    throw notAllowed(ctx, 'connect')
  }
}
