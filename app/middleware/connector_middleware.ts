import { Exception } from '@adonisjs/core/exceptions'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { mayConnect } from '#policies/channel_policy'

/** Lets only people through whose role may connect accounts. Stands behind the organization middleware. */
export default class ConnectorMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    if (mayConnect(ctx.membership.role)) return next()
    throw new Exception('Your role may look, but not connect. Ask an admin or an operator.', {
      status: 403,
      code: 'E_NOT_ALLOWED',
    })
  }
}
