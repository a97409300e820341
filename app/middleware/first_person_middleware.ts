import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { answerFirstVisit } from '#controllers/settings/first_person_controller'

/** While nobody can sign in, the set-up page is for whoever has the address that the terminal shows. */
export default class FirstPersonMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    if (!(await answerFirstVisit(ctx))) return next()
  }
}
