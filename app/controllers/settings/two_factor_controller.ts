import type { HttpContext } from '@adonisjs/core/http'
import { leave, refuse, refusedForm } from '#controllers/notifications/form_answers'
import { refusedPassword } from '#controllers/settings/own_password'
import { settingsPage, twoFactorOf } from '#controllers/settings/settings_page'
import { waitWords } from '#controllers/sign_in'
import type { Secret } from '#oauth/secret'
import { keepSession } from '#services/people/page_session'
import { qrCode } from '#services/two_factor/qr_code'
import { twoFactorLimit } from '#services/two_factor/two_factor_limit'
import { textField } from '#validators/text_field'

const PAGE = '/settings/security'
const SETUP = '/settings/two-factor'
const LONGEST_CODE = 64
/** Where forms that were refused wait for the page that shows them again. */
const REFUSED = 'two_factor.refused'

/**
 * Turns the second factor of whoever is signed in on and off. The recovery codes are shown in the answer to the form
 * itself, so that no session ever holds them.
 */
export default class TwoFactorController {
  async begin(ctx: HttpContext) {
    const problem = await refusedPassword(ctx, 'password')
    if (problem !== null) return this.#refuse(ctx, PAGE, { begin: problem })
    const isBegun = await (await twoFactorOf(ctx)).begin(this.#person(ctx).id)
    return ctx.response
      .redirect()
      .status(303)
      .toPath(isBegun ? SETUP : PAGE)
  }

  /** The picture for the app, as long as the first code is still to come. */
  async show(ctx: HttpContext) {
    const { id, email } = this.#person(ctx)
    const pending = await (await twoFactorOf(ctx)).pending(id, email)
    if (!pending) return ctx.response.redirect().toPath(PAGE)
    return settingsPage(ctx, {
      page: 'two_factor',
      tab: 'security',
      picture: qrCode(pending.address),
      key: pending.secret.reveal().replace(/(.{4})(?=.)/g, '$1 '),
      problems: refusedForm(ctx, REFUSED)?.problems ?? {},
    })
  }

  async confirm(ctx: HttpContext) {
    const { id } = this.#person(ctx)
    const limit = twoFactorLimit(id)
    const wait = await limit.count()
    if (wait > 0) return this.#refuse(ctx, SETUP, { code: waitWords(ctx, wait) })
    const code = textField(ctx.request.input('code'), LONGEST_CODE)
    const confirmed = await (await twoFactorOf(ctx)).confirm(id, code)
    if (!confirmed.ok) {
      return this.#refuse(ctx, SETUP, { code: ctx.i18n.t(`people.problem.${confirmed.problem}`) })
    }
    await limit.forgive()
    keepSession(ctx, confirmed.epoch)
    return this.#showOnce(ctx, confirmed.recoveryCodes, true)
  }

  async renewCodes(ctx: HttpContext) {
    const problem = await refusedPassword(ctx, 'password')
    if (problem !== null) return this.#refuse(ctx, PAGE, { codes: problem })
    const codes = await (await twoFactorOf(ctx)).renewCodes(this.#person(ctx).id)
    return codes ? this.#showOnce(ctx, codes, false) : ctx.response.redirect().status(303).toPath(PAGE)
  }

  async remove(ctx: HttpContext) {
    const problem = await refusedPassword(ctx, 'password')
    if (problem !== null) return this.#refuse(ctx, PAGE, { remove: problem })
    await (await twoFactorOf(ctx)).remove(this.#person(ctx).id)
    return leave(ctx, PAGE, ctx.i18n.t('people.two_factor.removed'))
  }

  #person({ auth }: HttpContext) {
    return auth.use('web').getUserOrFail()
  }

  #showOnce(ctx: HttpContext, codes: readonly Secret[], isNew: boolean) {
    const shown = codes.map((code) => code.reveal())
    return settingsPage(ctx, { page: 'recovery_codes', tab: 'security', codes: shown, isNew })
  }

  #refuse(ctx: HttpContext, path: string, messages: Record<string, string>) {
    const problems = Object.entries(messages).map(([field, message]) => ({ field, message }))
    return refuse(ctx, path, { name: REFUSED, values: {}, problems })
  }
}
