import type { HttpContext } from '@adonisjs/core/http'
import { leave, refuse, refusedForm } from '#controllers/notifications/form_answers'
import { refusedPassword } from '#controllers/settings/own_password'
import { peopleOf, problemsIn, settingsPage } from '#controllers/settings/settings_page'
import { rememberLanguage, speak } from '#transformers/reader'
import { keepSession } from '#services/people/page_session'
import { timeZones } from '#transformers/time_zones'
import { textField } from '#validators/text_field'

const PAGE = '/settings/profile'

/** Where forms that were refused wait for the page that shows them again. */
const REFUSED = 'profile.refused'
const REFUSED_PASSWORD = 'password.refused'

const LONGEST = 1_000

/** Name, language, time zone and password of whoever is signed in. */
export default class ProfileController {
  show(ctx: HttpContext) {
    const { fullName, email, locale, timeZone } = ctx.auth.use('web').getUserOrFail()
    const refused = refusedForm<Record<string, string>>(ctx, REFUSED)
    const fresh = { name: fullName ?? '', locale: locale ?? ctx.i18n.locale, timeZone: timeZone ?? '' }
    return settingsPage(ctx, {
      page: 'profile',
      tab: 'profile',
      email,
      values: refused?.values ?? fresh,
      problems: refused?.problems ?? {},
      passwordProblems: refusedForm(ctx, REFUSED_PASSWORD)?.problems ?? {},
      zones: timeZones(),
    })
  }

  async update(ctx: HttpContext) {
    const { auth, request } = ctx
    const [name, locale, timeZone] = ['name', 'locale', 'timeZone'].map((field) =>
      textField(request.input(field), LONGEST)
    )
    const values = { name, locale, timeZone }
    const { profiles } = await peopleOf(ctx)
    const problems = problemsIn(ctx, await profiles.save(auth.use('web').getUserOrFail().id, values))
    if (problems.length > 0) return refuse(ctx, PAGE, { name: REFUSED, values, problems })
    rememberLanguage(ctx, locale)
    speak(ctx, locale, timeZone)
    return leave(ctx, PAGE, ctx.i18n.t('people.profile.saved'))
  }

  /** Ends every other session of the person. */
  async password(ctx: HttpContext) {
    const current = await refusedPassword(ctx, 'current')
    if (current !== null) return this.#refuse(ctx, 'current', current)
    const { profiles } = await peopleOf(ctx)
    const [old, next, again] = ['current', 'password', 'again'].map((name) =>
      String(ctx.request.input(name, ''))
    )
    if (next !== again) return this.#refuse(ctx, 'again', ctx.i18n.t('people.problem.not_same'))
    const { id } = ctx.auth.use('web').getUserOrFail()
    const changed = await profiles.changePassword(id, { current: old, next })
    if (changed.ok) {
      keepSession(ctx, changed.epoch)
      return leave(ctx, PAGE, ctx.i18n.t('people.password.changed'))
    }
    const field = changed.problem === 'wrong' ? 'current' : 'password'
    return this.#refuse(ctx, field, ctx.i18n.t(`people.problem.${changed.problem}`))
  }

  #refuse(ctx: HttpContext, field: string, message: string) {
    return refuse(ctx, `${PAGE}#password`, {
      name: REFUSED_PASSWORD,
      values: {},
      problems: [{ field, message }],
    })
  }
}
