import type { HttpContext } from '@adonisjs/core/http'
import { leave, refusedForm } from '#controllers/notifications/form_answers'
import { peopleOf, settingsPage, twoFactorOf } from '#controllers/settings/settings_page'
import { keepSession } from '#services/people/page_session'

/** The page with the second factor and the sessions of whoever is signed in. */
export default class SecurityController {
  async show(ctx: HttpContext) {
    const { id } = ctx.auth.use('web').getUserOrFail()
    return settingsPage(ctx, {
      page: 'security',
      tab: 'security',
      twoFactor: await (await twoFactorOf(ctx)).state(id),
      problems: refusedForm(ctx, 'two_factor.refused')?.problems ?? {},
    })
  }

  /** Signs the person out everywhere but here. */
  async endSessions(ctx: HttpContext) {
    const { profiles } = await peopleOf(ctx)
    keepSession(ctx, await profiles.endSessions(ctx.auth.use('web').getUserOrFail().id))
    return leave(ctx, '/settings/security', ctx.i18n.t('people.sessions.ended'))
  }
}
