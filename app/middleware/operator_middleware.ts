import { Exception } from '@adonisjs/core/exceptions'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { mayAct } from '#policies/roles'

/** Lets only people through whose role may change something. Stands behind the organization middleware. */
export default class OperatorMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    if (mayAct(ctx.membership.role)) return next()
    throw new Exception('Your role may look, but not act. Ask an admin or an operator.', {
      status: 403,
      code: 'E_NOT_ALLOWED',
    })
  }
}
