import type { HttpContext } from '@adonisjs/core/http'
import { forgetBrowser } from '#controllers/notifications/push_browser'
import { peopleOf } from '#controllers/settings/settings_page'
import { finishSignIn, waitWords } from '#controllers/sign_in'
import User from '#models/user'
import { loginLimit } from '#services/login_limit'
import { awaitSecondFactor } from '#services/people/pending_sign_in'
import { safeReturnTo } from '#validators/return_to'
import { signInValidator } from '#validators/sign_in'

/** Signing in and out. */
export default class SessionController {
  async create(ctx: HttpContext) {
    const { firstPerson } = await peopleOf(ctx)
    return ctx.view.render('pages/login', {
      returnTo: safeReturnTo(ctx.request.input('return_to'), ''),
      isNobodyHere: await firstPerson.isAwaited(),
    })
  }

  /**
   * An unknown address and a wrong password get the same answer after the same work. Each try is counted before it is
   * checked, so that a hundred at once are not a hundred free ones. Who has a second factor is asked for it next.
   */
  async store(ctx: HttpContext) {
    const { i18n, request, response } = ctx
    const [invalid, input] = await signInValidator.tryValidate(request.body())
    if (invalid) return this.#refuse(ctx, '', 422, i18n.t('people.sign_in.empty'))
    const { email, password, return_to: returnTo } = input
    const limit = loginLimit(email, request.ip())
    const wait = await limit.count()
    if (wait > 0) return this.#refuse(ctx, email, 429, waitWords(ctx, wait))
    const user = await User.verifyCredentials(email, password).catch(() => null)
    if (!user) {
      await ctx.audit?.claimedBy(email)
      return this.#refuse(ctx, email, 422, i18n.t('people.sign_in.refused'))
    }
    await limit.forgive()
    const twoFactor = await ctx.containerResolver.make('twoFactor')
    if ((await twoFactor.state(user.id)).since === null) return finishSignIn(ctx, user, returnTo)
    awaitSecondFactor(ctx, user, safeReturnTo(returnTo, ''), Date.now())
    return response.redirect().status(303).toPath('/login/two-factor')
  }

  /** This browser shows nobody's notifications any more, either. */
  async destroy(ctx: HttpContext) {
    const { auth, response, session } = ctx
    await forgetBrowser(ctx, auth.use('web').getUserOrFail().id)
    await auth.use('web').logout()
    session.clear()
    session.regenerate()
    return response.redirect().status(303).toPath('/login')
  }

  #refuse({ request, response, view }: HttpContext, email: string, status: number, message: string) {
    response.status(status)
    return view.render('pages/login', {
      email,
      message,
      returnTo: safeReturnTo(request.input('return_to'), ''),
    })
  }
}
