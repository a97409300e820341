import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { wantsProblem, writeProblem } from '#exceptions/problem'
import { speak } from '#transformers/reader'
import { signedInPerson } from '#services/people/page_session'

/** Lets only signed-in people through; others go to the sign-in page and come back to where they wanted to go. */
export default class AuthMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const person = await signedInPerson(ctx)
    if (person) {
      speak(ctx, person.locale ?? ctx.i18n.locale, person.timeZone)
      return next()
    }
    if (wantsProblem(ctx)) {
      return writeProblem(ctx, { status: 401, code: 'unauthenticated', detail: 'Sign in first.' })
    }
    const returnTo = ctx.request.method() === 'GET' ? ctx.request.url(true) : null
    const query = returnTo && returnTo !== '/' ? { return_to: returnTo } : {}
    return ctx.response.redirect().withQs(query).toPath('/login')
  }
}
