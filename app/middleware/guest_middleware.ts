import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { homeOf } from '#policies/roles'
import { membershipOf } from '#services/membership_of'
import { safeReturnTo } from '#validators/return_to'

/** Sends people who are signed in already to where they wanted to go. */
export default class GuestMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    if (!(await ctx.auth.use('web').check())) return next()
    const membership = await membershipOf(ctx.auth.use('web').getUserOrFail().id)
    const home = homeOf(membership?.role ?? null)
    return ctx.response.redirect().toPath(safeReturnTo(ctx.request.input('return_to'), home))
  }
}
