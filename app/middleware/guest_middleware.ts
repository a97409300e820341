import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { homeOf } from '#policies/roles'
import { placesOf, signedInPerson } from '#services/people/page_session'
import { safeReturnTo } from '#validators/return_to'

/** Sends people who are signed in already to where they wanted to go. */
export default class GuestMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const person = await signedInPerson(ctx)
    if (!person) return next()
    const { current } = await placesOf(ctx, person.id)
    const home = homeOf(current?.role ?? null)
    return ctx.response.redirect().toPath(safeReturnTo(ctx.request.input('return_to'), home))
  }
}
