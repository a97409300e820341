import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { safeReturnTo } from '#validators/return_to'

/** Sends people who are signed in already to where they wanted to go. */
export default class GuestMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    if (!(await ctx.auth.use('web').check())) return next()
    return ctx.response.redirect().toPath(safeReturnTo(ctx.request.input('return_to')))
  }
}
