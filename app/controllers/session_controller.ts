import type { HttpContext } from '@adonisjs/core/http'
import { homeOf } from '#policies/roles'
import { loginLimit } from '#services/login_limit'
import { membershipOf } from '#services/membership_of'
import User from '#models/user'
import { safeReturnTo } from '#validators/return_to'
import { signInValidator } from '#validators/sign_in'

const REFUSED = 'This e-mail address and password do not match.'

/** Signing in and out. */
export default class SessionController {
  create({ request, view }: HttpContext) {
    return view.render('pages/login', { returnTo: safeReturnTo(request.input('return_to'), '') })
  }

  /**
   * An unknown address and a wrong password get the same answer after the same work. Each try is counted before it is
   * checked, so that a hundred at once are not a hundred free ones.
   */
  async store(ctx: HttpContext) {
    const [invalid, input] = await signInValidator.tryValidate(ctx.request.body())
    if (invalid) return this.#refuse(ctx, '', 422, 'Enter your e-mail address and password.')
    const { email, password, return_to: returnTo } = input
    const limit = loginLimit(email, ctx.request.ip())
    const wait = await limit.count()
    if (wait > 0) return this.#tooMany(ctx, email, wait)
    const user = await User.verifyCredentials(email, password).catch(() => null)
    if (!user) return this.#refuse(ctx, email, 422, REFUSED)
    await limit.forgive()
    await ctx.auth.use('web').login(user)
    ctx.session.regenerate()
    const membership = await membershipOf(user.id)
    const home = homeOf(membership?.role ?? null)
    return ctx.response.redirect().status(303).toPath(safeReturnTo(returnTo, home))
  }

  async destroy({ auth, response, session }: HttpContext) {
    await auth.use('web').logout()
    session.clear()
    session.regenerate()
    return response.redirect().status(303).toPath('/login')
  }

  #tooMany(ctx: HttpContext, email: string, seconds: number) {
    ctx.response.header('Retry-After', String(seconds))
    const minutes = Math.ceil(seconds / 60)
    const wait = minutes === 1 ? 'a minute' : `${minutes} minutes`
    return this.#refuse(ctx, email, 429, `Too many attempts. Try again in ${wait}.`)
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
