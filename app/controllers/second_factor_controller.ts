import type { HttpContext } from '@adonisjs/core/http'
import { finishSignIn, waitWords } from '#controllers/sign_in'
import { leaveTheDoor, waitingAtTheDoor } from '#services/people/pending_sign_in'
import { twoFactorLimit } from '#services/two_factor/two_factor_limit'
import { textField } from '#validators/text_field'

const LONGEST_CODE = 64

/** The step between the password and the session, for people with a second factor. */
export default class SecondFactorController {
  async create(ctx: HttpContext) {
    if (!(await waitingAtTheDoor(ctx, Date.now()))) return this.#startAgain(ctx)
    return ctx.view.render('pages/login_two_factor', {})
  }

  /** Each try is counted before it is checked. */
  async store(ctx: HttpContext) {
    const { i18n } = ctx
    const waiting = await waitingAtTheDoor(ctx, Date.now())
    if (!waiting) return this.#startAgain(ctx)
    const { user, returnTo } = waiting
    await ctx.audit?.claimedBy(user.email)
    const code = textField(ctx.request.input('code'), LONGEST_CODE)
    if (code === '') return this.#refuse(ctx, 422, i18n.t('people.sign_in.no_code'))
    const limit = twoFactorLimit(user.id)
    const wait = await limit.count()
    if (wait > 0) return this.#refuse(ctx, 429, waitWords(ctx, wait))
    const twoFactor = await ctx.containerResolver.make('twoFactor')
    if (!(await twoFactor.use(user.id, code))) {
      return this.#refuse(ctx, 422, i18n.t('people.sign_in.wrong_code'))
    }
    await limit.forgive()
    leaveTheDoor(ctx)
    return finishSignIn(ctx, user, returnTo)
  }

  #startAgain(ctx: HttpContext) {
    leaveTheDoor(ctx)
    return ctx.response.redirect().status(303).toPath('/login')
  }

  #refuse({ response, view }: HttpContext, status: number, message: string) {
    response.status(status)
    return view.render('pages/login_two_factor', { message })
  }
}
